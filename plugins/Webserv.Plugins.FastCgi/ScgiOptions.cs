namespace Webserv.Plugins.FastCgi;

/// <summary>Which SCGI programs answer, and where they are or how they are started.</summary>
public sealed class ScgiOptions : ProgramOptions;
