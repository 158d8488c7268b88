using System.Buffers;
using Microsoft.Extensions.Logging;
using Webserv.Abstractions.Files;
using Webserv.Abstractions.Http;

namespace Webserv.Plugins.Uploads;

/// <summary>Writes uploads into temporary files and gives those their names under the rule for conflicts.</summary>
internal sealed class FileStore(UploadsOptions options, FileNames names, IOpenFileCache files, ILogger logger)
{
    private const int BufferSize = 64 << 10;
    private const int MaxNumber = 9999;

    // Between the look at the conditions of one request and its change nothing else that comes this way changes anything.
    private readonly Lock _changes = new();

    public ILogger Logger { get; } = logger;

    /// <summary>Refuses an upload that must fail in the end, before its body is asked for.</summary>
    /// <param name="directory">Where it would be; <see langword="null"/> where that is still to be made.</param>
    /// <param name="name">Its name.</param>
    /// <exception cref="HttpException">415 for the extension, 409 for a name that is taken.</exception>
    public void ThrowIfRefused(HeldDirectory? directory, string name)
    {
        if (!names.HasAllowedExtension(name))
        {
            throw new HttpException(StatusCodes.UnsupportedMediaType, $"'{name}' has an extension that is not allowed.");
        }

        if (directory?.Reach(name) is { } path
            && (options.Conflict == ConflictPolicy.Reject ? Path.Exists(path) : options.Conflict == ConflictPolicy.Replace && Directory.Exists(path)))
        {
            throw new HttpException(StatusCodes.Conflict, $"'{directory.Name(name)}' exists.");
        }
    }

    /// <summary>Writes all that a reader yields.</summary>
    /// <param name="read">Reads into a buffer, like <see cref="Stream.ReadAsync(Memory{byte}, CancellationToken)"/>.</param>
    /// <param name="file">Written to.</param>
    /// <param name="maxLength">The most bytes of it.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="HttpException">413 above the limit, 507 for a full disk.</exception>
    public async Task WriteAsync(
        Func<Memory<byte>, CancellationToken, ValueTask<int>> read, TemporaryFile file, long maxLength, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            int filled;
            do
            {
                filled = await FillAsync(read, buffer.AsMemory(0, BufferSize), cancellation).ConfigureAwait(false);
                if (file.Length + filled > maxLength)
                {
                    throw new HttpException(StatusCodes.ContentTooLarge, $"The file is over the limit of {maxLength} bytes.");
                }

                await file.WriteAsync(buffer.AsMemory(0, filled), cancellation).ConfigureAwait(false);
            }
            while (filled == BufferSize);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        if (options.SyncToDisk)
        {
            file.SyncToDisk();
        }
    }

    /// <summary>Gives a file that was written its name, or another where the rule says so.</summary>
    /// <param name="file">The file.</param>
    /// <param name="directory">Where it is.</param>
    /// <param name="name">The name.</param>
    /// <param name="check">Throws if the name must not be given by now; nothing else changes until it is.</param>
    /// <param name="onlyCreates">Whether the name must be free whatever the rule says; 412 where it is not.</param>
    /// <param name="isTwin">Whether another file of the same request has the name, which must not be replaced.</param>
    /// <exception cref="HttpException">409 where the name is taken, 412 for the condition that it is not.</exception>
    public StoredFile Store(TemporaryFile file, HeldDirectory directory, string name, Action? check = null, bool onlyCreates = false, bool isTwin = false)
    {
        var isNew = true;

        // Asked of the temporary name, which nobody gives to another file; it stays the same under the name that is given.
        var identity = FileIdentity.Of(file.Path);
        lock (_changes)
        {
            check?.Invoke();
            try
            {
                switch (options.Conflict)
                {
                    case var _ when onlyCreates:
                        ThrowIfTaken(file.TryMoveTo(name), directory.Name(name), StatusCodes.PreconditionFailed);
                        break;
                    case ConflictPolicy.Replace when !isTwin:
                        isNew = file.MoveOver(name);
                        break;
                    case ConflictPolicy.Replace or ConflictPolicy.Rename:
                        name = MoveToNextFree(file, directory, name);
                        break;
                    default:
                        ThrowIfTaken(file.TryMoveTo(name), directory.Name(name));
                        break;
                }
            }
            finally
            {
                // After a failure too, which may have come when the name was given already.
                files.Invalidate(directory.Name(name));
            }
        }

        Log.Stored(Logger, directory.Name(name), file.Length);
        return new StoredFile(name, file.Length, isNew, identity);
    }

    /// <summary>What the options promise of names before they are confirmed.</summary>
    /// <param name="directory">Where they were given.</param>
    public void Confirm(HeldDirectory directory)
    {
        if (options.SyncToDisk)
        {
            directory.SyncToDisk();
        }
    }

    /// <summary>Removes what was stored, unless something else has its name by now, which may have been confirmed to somebody.</summary>
    /// <param name="directory">Where it is.</param>
    /// <param name="file">What was stored, and is still open: so no other file has its identity.</param>
    public void TakeBack(HeldDirectory directory, StoredFile file)
    {
        lock (_changes)
        {
            if (FileIdentity.Of(directory.Reach(file.Name)) is { } identity && identity == file.Identity)
            {
                Remove(directory, file.Name);
            }
        }
    }

    /// <summary>Removes a file.</summary>
    /// <param name="directory">Where it is.</param>
    /// <param name="name">Its name.</param>
    /// <param name="check">Throws if it must not be removed by now; nothing else changes until it is.</param>
    public void Remove(HeldDirectory directory, string name, Action? check = null)
    {
        lock (_changes)
        {
            check?.Invoke();
            try
            {
                File.Delete(directory.Reach(name));
            }
            finally
            {
                files.Invalidate(directory.Name(name));
            }
        }

        Log.Deleted(Logger, directory.Name(name));
    }

    private static void ThrowIfTaken(bool moved, string path, int status = StatusCodes.Conflict)
    {
        if (!moved)
        {
            throw new HttpException(status, $"'{path}' exists.");
        }
    }

    private static async ValueTask<int> FillAsync(
        Func<Memory<byte>, CancellationToken, ValueTask<int>> read, Memory<byte> buffer, CancellationToken cancellation)
    {
        var filled = 0;
        while (filled < buffer.Length)
        {
            var count = await read(buffer[filled..], cancellation).ConfigureAwait(false);
            if (count == 0)
            {
                break;
            }

            filled += count;
        }

        return filled;
    }

    private string MoveToNextFree(TemporaryFile file, HeldDirectory directory, string name)
    {
        var candidate = name;
        for (var number = 1; ; number++)
        {
            if (file.TryMoveTo(candidate))
            {
                return candidate;
            }

            ThrowIfTaken(number <= MaxNumber, directory.Name(candidate));
            candidate = names.Numbered(name, number);
        }
    }
}
