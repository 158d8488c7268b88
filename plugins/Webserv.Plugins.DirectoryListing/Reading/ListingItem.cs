namespace Webserv.Plugins.DirectoryListing.Reading;

/// <summary>One name of a directory. There may be a hundred thousand of them in memory, so it is small.</summary>
/// <param name="Name">The name as the file system has it.</param>
/// <param name="Length">The length in bytes; 0 for a directory.</param>
/// <param name="Modified">The time of the last change, in UTC.</param>
/// <param name="IsDirectory">Whether it is a directory, or a link to one.</param>
/// <param name="IsSymbolicLink">Whether the name is that of a symbolic link.</param>
/// <param name="HasLink">Whether a request can name it: not so, for example, for names that are not UTF-8.</param>
internal readonly record struct ListingItem(
    string Name, long Length, DateTime Modified, bool IsDirectory, bool IsSymbolicLink, bool HasLink)
{
    // What the file system could not be asked for has the first moment of the times of Windows.
    private static readonly DateTime Unknown = DateTime.FromFileTimeUtc(0);

    /// <summary>Whether length and time are known: not so for a name that is not UTF-8.</summary>
    public bool HasFacts => Modified != Unknown;

    /// <summary>The length; <see langword="null"/> for a directory, or where it is not known.</summary>
    public long? Size => IsDirectory || !HasFacts ? null : Length;

    /// <summary>The name, with the slash that tells a directory.</summary>
    public string Label => IsDirectory ? Name + "/" : Name;

    /// <summary>
    /// A reference to it that is relative to the directory, in ASCII that is safe in HTML. The "./" keeps a colon in the name
    /// from being read as a scheme (RFC 3986 section 4.2).
    /// </summary>
    public string Href => $"./{Uri.EscapeDataString(Name)}{(IsDirectory ? "/" : "")}";
}
