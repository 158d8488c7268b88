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

    /// <summary>
    /// Those that have the same owner as what they lead to, also out of the root; so with every link on the way, links in links
    /// included. Others are <see cref="FileKind.Forbidden"/>. Elsewhere than on Linux owners are not compared, and it is
    /// <see cref="Deny"/>.
    /// </summary>
    SameOwner,
}
