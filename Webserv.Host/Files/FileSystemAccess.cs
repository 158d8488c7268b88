using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;
using Webserv.Abstractions.Files;
using Webserv.Abstractions.Http;

namespace Webserv.Host.Files;

/// <summary>
/// The file system as the cache asks it: by the rules of a root. Where there are no descriptors left, the cache gives up its own and it is asked
/// once more; what fails then is the client's 503 and a line in the log.
/// </summary>
internal sealed class FileSystemAccess
{
    // In milliseconds.
    private const int LogInterval = 1000;

    private readonly IFileSystem _files;
    private readonly Func<int> _shed;
    private readonly CoarseClock _clock;
    private readonly ILogger _logger;
    private long _shedLoggedAt = long.MinValue / 2;
    private long _troubleLoggedAt = long.MinValue / 2;

    /// <param name="files">The file system.</param>
    /// <param name="shed">Closes the descriptors that can be spared, and says how many.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="logger">Is told of trouble.</param>
    public FileSystemAccess(IFileSystem files, Func<int> shed, CoarseClock clock, ILogger logger)
    {
        _files = files;
        _shed = shed;
        _clock = clock;
        _logger = logger;
    }

    /// <summary>Looks a path up.</summary>
    /// <param name="root">By whose rules.</param>
    /// <param name="path">The path below it.</param>
    /// <param name="open">Whether a file is opened.</param>
    /// <param name="hold">Whether a directory is, so that it can be read.</param>
    /// <exception cref="HttpException">503: the file system could not answer.</exception>
    public FileLookup Look(RootDirectory root, string path, bool open, bool hold = false)
    {
        var look = Ask(root, path, open, hold);
        if (look is { IsExhausted: true, Trouble: { } trouble })
        {
            var count = _shed();
            if (MayLog(ref _shedLoggedAt))
            {
                Log.ShedDescriptors(_logger, Path.Join(root.Directory, path), trouble, count);
            }

            look = Ask(root, path, open, hold);
        }

        return look.Trouble is null ? look : throw Fail(root, path, look.Trouble, null);
    }

    /// <summary>Logs what the file system said, once a second at most, and makes the answer of it: 503.</summary>
    public HttpException Fail(RootDirectory root, string path, string trouble, Exception? cause)
    {
        var full = Path.Join(root.Directory, path);
        if (MayLog(ref _troubleLoggedAt))
        {
            Log.FileSystemTrouble(_logger, full, trouble);
        }

        return new HttpException(StatusCodes.ServiceUnavailable, $"{full}: {trouble}", cause);
    }

    /// <summary>Reads a directory through a descriptor that is opened for it; see <see cref="IDocumentRoot.Enumerate"/>.</summary>
    public IEnumerable<DirectoryItem> Enumerate(RootDirectory root, string path)
    {
        var held = Look(root, path, open: false, hold: true);
        using var handle = held.Handle;
        using var names = BeginReading(root, path, held);
        while (MoveNext(root, path, names))
        {
            if (names.Current.ToItem(root.AllowsDotFiles, LookAt) is { } item)
            {
                yield return item;
            }
        }

        // By the rules of the root, from the root: a name may have become a link to anywhere since it was read.
        (FileKind Kind, long Length, DateTimeOffset Modified) LookAt(string name)
        {
            var look = Look(root, Path.Join(path, "/", name), open: false);
            return (look.Kind, look.Facts.Length, look.Facts.GetModified(DateTimeOffset.MaxValue));
        }
    }

    /// <summary>What an open file is like now.</summary>
    /// <exception cref="IOException">The file system failed.</exception>
    public FileFacts Examine(SafeFileHandle handle) => _files.Examine(handle);

    /// <summary>Reads a file from its beginning.</summary>
    /// <returns>How many bytes there were.</returns>
    /// <exception cref="IOException">The file system failed.</exception>
    public int Read(SafeFileHandle handle, Span<byte> content) => _files.Read(handle, content);

    private FileLookup Ask(RootDirectory root, string path, bool open, bool hold) =>
        hold ? _files.HoldDirectory(root.Directory, path, root.Links) : _files.Look(root.Directory, path, root.Links, open);

    private IEnumerator<DirectoryName> BeginReading(RootDirectory root, string path, in FileLookup held)
    {
        var full = Path.Join(root.Directory, path);
        try
        {
            return held.Kind switch
            {
                FileKind.Directory => DirectoryName.Read(_files.GetPathToRead(held, root.Directory, path)),
                FileKind.Forbidden => throw new UnauthorizedAccessException(),
                _ => throw new DirectoryNotFoundException(),
            };
        }
        catch (UnauthorizedAccessException e)
        {
            throw new UnauthorizedAccessException($"{full} can not be read, or the rules of the root refuse it.", e);
        }
        catch (DirectoryNotFoundException e)
        {
            throw new DirectoryNotFoundException($"{full} is no directory any more.", e);
        }
        catch (IOException e)
        {
            throw Fail(root, path, e.Message, e);
        }
    }

    private bool MoveNext(RootDirectory root, string path, IEnumerator<DirectoryName> names)
    {
        try
        {
            return names.MoveNext();
        }
        catch (IOException e)
        {
            throw Fail(root, path, e.Message, e);
        }
    }

    // A lack of descriptors meets every request at once: one entry a second says it, the rest is in each request's own.
    private bool MayLog(ref long loggedAt)
    {
        var last = Interlocked.Read(ref loggedAt);
        var now = _clock.Milliseconds;
        return now - last >= LogInterval && Interlocked.CompareExchange(ref loggedAt, now, last) == last;
    }
}
