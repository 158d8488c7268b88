namespace Webserv.Host.Plugins.Documentation;

/// <summary>How text out of documentation comments is written.</summary>
internal enum TextStyle
{
    /// <summary>As it is, for a terminal.</summary>
    Plain,

    /// <summary>With code marked as such, for a page.</summary>
    Markdown,
}
