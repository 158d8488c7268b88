namespace Webserv.Abstractions.Files;

/// <summary>What a look-up in a document root found.</summary>
public enum FileKind
{
    /// <summary>Nothing, or something that must not be told from nothing.</summary>
    Missing,

    /// <summary>A regular file that can be read.</summary>
    File,

    /// <summary>A directory that can be entered.</summary>
    Directory,

    /// <summary>Something that the server may not read, that is neither file nor directory, or that the policy refuses.</summary>
    Forbidden,
}
