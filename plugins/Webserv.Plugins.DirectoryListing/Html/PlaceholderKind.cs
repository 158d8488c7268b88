namespace Webserv.Plugins.DirectoryListing.Html;

/// <summary>Where in a template a placeholder may stand.</summary>
internal enum PlaceholderKind
{
    /// <summary>Text, escaped: between tags, and in quoted attributes that are neither addresses nor code.</summary>
    Text,

    /// <summary>An address: wherever text may stand, and in attributes that are addresses.</summary>
    Address,

    /// <summary>Elements: between tags.</summary>
    Elements,
}
