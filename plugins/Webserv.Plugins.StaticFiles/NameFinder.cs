using Webserv.Abstractions.Files;
using Webserv.Abstractions.Http;

namespace Webserv.Plugins.StaticFiles;

/// <summary>
/// Finds the path of something whose names on disk differ from those of a request in upper and lower case. Whatever is found is
/// looked up through the root, so that its rules hold.
/// </summary>
/// <param name="root">Where to look.</param>
/// <param name="time">The clock.</param>
internal sealed class NameFinder(IDocumentRoot root, TimeProvider time)
{
    // How many requests may read directories at once: those for what is not there must not take all threads.
    private const int MostReaders = 2;

    // And how many may wait for that.
    private const int MostWaiting = 256;

    private readonly PathMemory _known = new();
    private readonly NameTables _tables = new(root, time);
    private readonly TaskScheduler _readers = new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, MostReaders).ConcurrentScheduler;
    private int _waiting;

    /// <summary>Looks for a path without reading a directory, so that it does not block.</summary>
    /// <param name="path">The path of a request, which names nothing.</param>
    /// <param name="name">As <see cref="FindAsync"/> returns it.</param>
    /// <returns>Whether that was possible; otherwise see <see cref="FindAsync"/>.</returns>
    public bool TryFindNow(string path, out string? name)
    {
        if (_known.TryGet(path, out name) && root.Find(name).Kind is FileKind.File or FileKind.Directory)
        {
            return true;
        }

        return TryFind(path, mayRead: false, out name);
    }

    /// <summary>Looks for a path that is the same but for upper and lower case, on the thread pool, since it reads directories.</summary>
    /// <param name="path">The path of a request, which names nothing.</param>
    /// <param name="cancellation">Cancelled when nobody waits for the answer any more.</param>
    /// <returns>
    /// The path of a file or directory with the names as they are on disk; <see langword="null"/> where there is none, or a
    /// directory on the way has too many names. Of several that fit the first in ordinal order is taken.
    /// </returns>
    /// <exception cref="HttpException">503: too many wait for directories to be read, or the file system could not answer.</exception>
    public async Task<string?> FindAsync(string path, CancellationToken cancellation)
    {
        if (Interlocked.Increment(ref _waiting) > MostWaiting)
        {
            // Not a 404: caches would keep that of a file that is there.
            Interlocked.Decrement(ref _waiting);
            throw new HttpException(StatusCodes.ServiceUnavailable, "too many requests wait for directories to be read");
        }

        try
        {
            return await Task.Factory.StartNew(() => Find(path), cancellation, TaskCreationOptions.DenyChildAttach, _readers).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private string? Find(string path)
    {
        TryFind(path, mayRead: true, out var name);
        return name;
    }

    private bool TryFind(string path, bool mayRead, out string? name)
    {
        var wasPossible = TryFindBelowParent(path, mayRead, out name);

        // The same: it has appeared since the path was looked up, and will be found under it.
        if (name == path)
        {
            name = null;
        }

        if (name is not null)
        {
            _known.Add(path, name);
        }

        return wasPossible;
    }

    private bool TryFindBelowParent(string path, bool mayRead, out string? name)
    {
        name = null;
        var (parent, directory) = FindParent(path);
        if (directory is null)
        {
            return true;
        }

        var rest = path.AsSpan(parent.Length);
        while (true)
        {
            var slash = rest.IndexOf('/');
            var wanted = (slash < 0 ? rest : rest[..slash]).ToString();
            if (!TryFindIn(directory, wanted, mayRead, out var item))
            {
                return false;
            }

            if (item is not var (found, entry))
            {
                return true;
            }

            parent += found;
            if (slash < 0 || slash == rest.Length - 1)
            {
                name = entry.Kind == FileKind.Directory || slash < 0 ? parent + rest[wanted.Length..].ToString() : null;
                return true;
            }

            if (entry.Kind != FileKind.Directory)
            {
                return true;
            }

            parent += '/';
            directory = entry;
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

    private bool TryFindIn(IFileEntry directory, string wanted, bool mayRead, out (string Name, IFileEntry Entry)? found)
    {
        found = null;
        if (wanted.Length == 0)
        {
            return true;
        }

        if (root.FindIn(directory, wanted) is { Kind: FileKind.File or FileKind.Directory } same)
        {
            found = (wanted, same);
            return true;
        }

        var table = _tables.FindKnown(directory);
        if (table is null && !mayRead)
        {
            return false;
        }

        table ??= _tables.Read(directory);
        found = table is null ? null : FindFirst(directory, table.Find(wanted));
        return true;
    }

    private (string Name, IFileEntry Entry)? FindFirst(IFileEntry directory, ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (root.FindIn(directory, name) is { Kind: FileKind.File or FileKind.Directory } entry)
            {
                return (name, entry);
            }
        }

        return null;
    }
}
