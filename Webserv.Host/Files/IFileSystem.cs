using Microsoft.Win32.SafeHandles;
using Webserv.Abstractions.Files;

namespace Webserv.Host.Files;

/// <summary>The file system as the open-file cache needs it.</summary>
internal interface IFileSystem
{
    /// <summary>The most descriptors that the cache may hold.</summary>
    int DescriptorBudget { get; }

    /// <summary>Looks a path up below a root and opens it for reading if it is a regular file. Never throws for what a path may hold.</summary>
    /// <param name="root">The absolute path of the root.</param>
    /// <param name="path">The path below it, beginning with a slash.</param>
    /// <param name="links">Which symbolic links are followed below the root.</param>
    /// <param name="open">Whether to open a regular file, or only to look.</param>
    FileLookup Look(string root, string path, SymbolicLinkPolicy links, bool open);

    /// <summary>Looks a path up as <see cref="Look"/> does, and holds what it found if that is a directory.</summary>
    /// <returns>
    /// For a directory with a <see cref="FileLookup.Handle"/> that holds it on platforms that can; to be disposed after the
    /// directory was read.
    /// </returns>
    FileLookup HoldDirectory(string root, string path, SymbolicLinkPolicy links);

    /// <summary>The path under which a directory that is held can be read.</summary>
    /// <param name="held">What <see cref="HoldDirectory"/> gave, not yet disposed.</param>
    /// <param name="root">The absolute path of the root it was looked up in.</param>
    /// <param name="path">The path below it.</param>
    string GetPathToRead(in FileLookup held, string root, string path);

    /// <summary>What an open file is like now.</summary>
    /// <exception cref="IOException">The file system failed.</exception>
    FileFacts Examine(SafeFileHandle handle);

    /// <summary>Reads from the beginning of an open file until the buffer is full or the file ends.</summary>
    /// <returns>The number of bytes read.</returns>
    /// <exception cref="IOException">The file system failed.</exception>
    int Read(SafeFileHandle handle, Span<byte> buffer);
}
