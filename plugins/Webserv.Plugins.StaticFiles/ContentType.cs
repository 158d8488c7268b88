namespace Webserv.Plugins.StaticFiles;

/// <summary>What a file is sent as.</summary>
/// <param name="Value">The Content-Type field; empty where none is to be sent.</param>
/// <param name="IsCompressible">Whether the content gets smaller by compression. It is that of the file's own type, whatever it is sent as.</param>
internal sealed record ContentType(string Value, bool IsCompressible);
