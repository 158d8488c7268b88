namespace Webserv.Abstractions.Files;

/// <summary>A name in a directory, as <see cref="IDocumentRoot.Enumerate"/> read it.</summary>
public sealed record DirectoryItem
{
    /// <summary>The name, without its directory. Octets that are no UTF-8 are U+FFFD in it.</summary>
    public required string Name { get; init; }

    /// <summary><see cref="FileKind.File"/> or <see cref="FileKind.Directory"/>; of a symbolic link, what it leads to.</summary>
    public required FileKind Kind { get; init; }

    /// <summary>The length of a file in bytes; 0 for a directory.</summary>
    public long Length { get; init; }

    /// <summary>The time of the last change, at least to the second.</summary>
    public DateTimeOffset LastModified { get; init; }

    /// <summary>Whether the name is that of a symbolic link.</summary>
    public bool IsSymbolicLink { get; init; }

    /// <summary>
    /// Whether a request can name it: not so for a name that is no UTF-8, or that look-ups refuse on this platform. Such an
    /// item is there to be shown, not to be linked to.
    /// </summary>
    public bool HasRequestPath { get; init; } = true;
}
