namespace Webserv.Abstractions.Files;

/// <summary>A directory that requests are looked up in. Nothing outside it is ever found through it.</summary>
public interface IDocumentRoot
{
    /// <summary>The absolute path of the directory.</summary>
    string Directory { get; }

    /// <summary>
    /// Finds what a request's path names below the root. Answers come from the open-file cache and cost neither a system
    /// call nor an allocation while they are fresh.
    /// </summary>
    /// <param name="requestPath">
    /// A value of <see cref="Http.IHttpRequest.Path"/> as the root's entry sees it; the alias prefix is taken away here.
    /// Names that begin with a dot are <see cref="FileKind.Missing"/> unless the options allow them. A file asked for with
    /// a trailing slash is <see cref="FileKind.Missing"/>.
    /// </param>
    IFileEntry Find(string requestPath);

    /// <summary>Finds a file in a directory that was found before, for example an index file, under the same rules.</summary>
    /// <param name="directory">An entry whose kind is <see cref="FileKind.Directory"/>, from this root.</param>
    /// <param name="name">A single name without slashes.</param>
    IFileEntry FindIn(IFileEntry directory, string name);
}
