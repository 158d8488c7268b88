using Webserv.Abstractions.Files;

namespace Webserv.Plugins.StaticFiles;

/// <summary>
/// Finds the path of something whose names on disk differ from those of a request in upper and lower case. Every step goes
/// through the root, so that its rules hold.
/// </summary>
internal sealed class NameFinder(IDocumentRoot root)
{
    // How many names a request may cost: three directories of the size that file systems are still quick with.
    private const int MostNames = 30_000;

    // How many requests may read directories at once: those for what is not there must not take all threads.
    private const int MostReaders = 2;

    private readonly PathMemory _known = new();
    private readonly TaskScheduler _readers = new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, MostReaders).ConcurrentScheduler;

    /// <summary>The path that was found for one before, if what is there still is. Neither blocks nor allocates.</summary>
    /// <param name="path">The path of a request.</param>
    public string? FindKnown(string path) =>
        _known.TryGet(path, out var known) && root.Find(known).Kind is FileKind.File or FileKind.Directory ? known : null;

    /// <summary>Looks for a path on the thread pool; see <see cref="Find"/>.</summary>
    public Task<string?> FindAsync(string path, CancellationToken cancellation) =>
        Task.Factory.StartNew(() => Find(path), cancellation, TaskCreationOptions.DenyChildAttach, _readers);

    /// <summary>Looks for a path that is the same but for upper and lower case. It reads directories: not for an event loop.</summary>
    /// <param name="path">The path of a request, which names nothing.</param>
    /// <returns>
    /// The path of a file or directory with the names as they are on disk; <see langword="null"/> where there is none, or too
    /// many names stand in the way. Of several that fit the first in ordinal order is taken.
    /// </returns>
    public string? Find(string path)
    {
        try
        {
            var found = FindBelowParent(path);

            // The same: it has appeared since the path was looked up, and will be found under it.
            if (found is null || found == path)
            {
                return null;
            }

            _known.Add(path, found);
            return found;
        }
        catch (Exception e) when (e is DirectoryNotFoundException or UnauthorizedAccessException)
        {
            // Gone since it was found, or not to be read: what cannot be looked for is not there.
            return null;
        }
    }

    private string? FindBelowParent(string path)
    {
        var (parent, directory) = FindParent(path);
        if (directory is null)
        {
            return null;
        }

        var names = MostNames;
        var rest = path.AsSpan(parent.Length);
        while (true)
        {
            var slash = rest.IndexOf('/');
            var wanted = (slash < 0 ? rest : rest[..slash]).ToString();
            if (FindName(directory, wanted, ref names) is not { } name)
            {
                return null;
            }

            var found = root.FindIn(directory, name);
            parent += name;
            if (slash < 0 || slash == rest.Length - 1)
            {
                return found.Kind is FileKind.Directory || (found.Kind is FileKind.File && slash < 0) ? parent + rest[wanted.Length..].ToString() : null;
            }

            if (found.Kind != FileKind.Directory)
            {
                return null;
            }

            parent += '/';
            directory = found;
            rest = rest[(slash + 1)..];
        }
    }

    // The longest beginning that is there, with its slash. It ends before the last name: that one is missing.
    private (string Path, IFileEntry? Directory) FindParent(string path)
    {
        var end = path.TrimEnd('/').LastIndexOf('/');
        while (end >= 0)
        {
            var parent = path[..(end + 1)];
            var entry = root.Find(parent);
            if (entry.Kind == FileKind.Directory)
            {
                return (parent, entry);
            }

            end = end == 0 ? -1 : path.LastIndexOf('/', end - 1);
        }

        return ("", null);
    }

    private string? FindName(IFileEntry directory, string wanted, ref int names)
    {
        if (wanted.Length == 0)
        {
            return null;
        }

        if (root.FindIn(directory, wanted).Kind is FileKind.File or FileKind.Directory)
        {
            return wanted;
        }

        string? found = null;
        foreach (var item in root.Enumerate(directory))
        {
            if (names-- == 0)
            {
                return null;
            }

            if (item.HasRequestPath
                && item.Name.Equals(wanted, StringComparison.OrdinalIgnoreCase)
                && (found is null || string.CompareOrdinal(item.Name, found) < 0))
            {
                found = item.Name;
            }
        }

        return found;
    }
}
