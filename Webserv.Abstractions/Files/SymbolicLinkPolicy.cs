namespace Webserv.Abstractions.Files;

/// <summary>Which symbolic links are followed below a document root.</summary>
public enum SymbolicLinkPolicy
{
    /// <summary>Those that end below the root. Others are <see cref="FileKind.Forbidden"/>.</summary>
    InsideRoot,

    /// <summary>None: a path that holds one is <see cref="FileKind.Forbidden"/>.</summary>
    Deny,

    /// <summary>All.</summary>
    Follow,
}
