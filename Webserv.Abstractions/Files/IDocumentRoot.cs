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
    /// <exception cref="ArgumentException">It is no directory of this root.</exception>
    IFileEntry FindIn(IFileEntry directory, string name);

    /// <summary>
    /// Finds the file beside a file that was found before, whose name is that one's with something behind it: the
    /// <c>app.js.br</c> of <c>app.js</c>. The same rules hold, and while the answers are fresh it costs neither a system call
    /// nor an allocation.
    /// </summary>
    /// <param name="file">An entry whose kind is <see cref="FileKind.File"/>, from this root.</param>
    /// <param name="suffix">What is behind the name, for example <c>.br</c>. With a slash in it nothing is found.</param>
    /// <exception cref="ArgumentException">It is no file of this root.</exception>
    IFileEntry FindSibling(IFileEntry file, string suffix);

    /// <summary>
    /// Opens a file that was found before for reading, as it was when it was found: whoever has read all of
    /// <see cref="IFileEntry.Length"/> bytes has read that version of it and no mixture with another.
    /// </summary>
    /// <param name="file">An entry whose kind is <see cref="FileKind.File"/>, from this root.</param>
    /// <returns>
    /// The content from its beginning, to be disposed. Reading may block, and throws <see cref="IOException"/> when the file
    /// changes meanwhile, with the last byte at the latest.
    /// </returns>
    /// <exception cref="ArgumentException">It is no file of this root.</exception>
    /// <exception cref="Http.HttpException">503: this version of it can no longer be had, or the file system could not answer.</exception>
    Stream OpenRead(IFileEntry file);

    /// <summary>
    /// Looks the path of an entry up again and asks the file system for it whatever the cache remembers. For what is done
    /// with <see cref="IFileEntry.PhysicalPath"/> outside this interface, immediately before it is done: an entry from the
    /// cache may be as old as the cache lets it become, and a directory on its path may be a symbolic link to somewhere
    /// else by now. Between this answer and the use of the path there is still a moment in which whoever may write below
    /// the root can change it, as they could change the file itself; where that must not be, use
    /// <see cref="Http.IHttpResponse.SendFileAsync(IFileEntry, long, long, CancellationToken)"/> or <see cref="Enumerate"/>.
    /// </summary>
    /// <param name="entry">An entry of any kind, from this root.</param>
    /// <returns>What is there now, of any kind.</returns>
    /// <exception cref="ArgumentException">It is not from this root.</exception>
    /// <exception cref="Http.HttpException">503: the file system could not answer.</exception>
    IFileEntry FindAgain(IFileEntry entry);

    /// <summary>
    /// Reads a directory: files and directories whose names the rules of the root let be found. Symbolic links are resolved
    /// under the policy; those it refuses, those that lead nowhere, and what is neither file nor directory are left out.
    /// The directory is opened anew under the rules of the root and then read through what was opened, so that a directory
    /// which was swapped for a symbolic link since it was found is refused, never followed out of the root. (On platforms
    /// other than Linux the path is checked and read one after the other.)
    /// </summary>
    /// <remarks>
    /// Nothing happens before the enumeration begins; all exceptions come from it, and every enumeration opens the directory
    /// again. Dispose the enumerator, as <c>foreach</c> does: it holds a descriptor. It blocks while it reads.
    /// </remarks>
    /// <param name="directory">An entry whose kind is <see cref="FileKind.Directory"/>, from this root.</param>
    /// <returns>The items in the order of the file system, without <c>.</c> and <c>..</c>.</returns>
    /// <exception cref="ArgumentException">It is no directory of this root.</exception>
    /// <exception cref="DirectoryNotFoundException">The directory is gone, or something else has its name.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory can not be read, or the policy refuses the way to it by now.</exception>
    /// <exception cref="Http.HttpException">503: the file system could not answer.</exception>
    IEnumerable<DirectoryItem> Enumerate(IFileEntry directory);
}
