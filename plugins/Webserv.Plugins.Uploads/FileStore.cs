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

    public ILogger Logger { get; } = logger;

    /// <summary>Refuses an upload that must fail in the end, before its body is asked for.</summary>
    /// <exception cref="HttpException">415 for the extension, 409 for a name that is taken.</exception>
    public void ThrowIfRefused(string directory, string name)
    {
        if (!names.HasAllowedExtension(name))
        {
            throw new HttpException(StatusCodes.UnsupportedMediaType, $"'{name}' has an extension that is not allowed.");
        }

        var path = Path.Combine(directory, name);
        if (options.Conflict == ConflictPolicy.Reject ? Path.Exists(path) : options.Conflict == ConflictPolicy.Replace && Directory.Exists(path))
        {
            throw new HttpException(StatusCodes.Conflict, $"'{path}' exists.");
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
    /// <exception cref="HttpException">409 where the name is taken.</exception>
    public StoredFile Store(TemporaryFile file, string directory, string name)
    {
        var path = Path.Combine(directory, name);
        var isNew = true;
        try
        {
            switch (options.Conflict)
            {
                case ConflictPolicy.Replace:
                    isNew = file.MoveOver(path);
                    break;
                case ConflictPolicy.Rename:
                    (path, name) = MoveToNextFree(file, directory, name);
                    break;
                default:
                    ThrowIfTaken(file.TryMoveTo(path), path);
                    break;
            }
        }
        finally
        {
            // After a failure too, which may have come when the name was given already.
            files.Invalidate(path);
        }

        Log.Stored(Logger, path, file.Length);
        return new StoredFile(path, name, file.Length, isNew);
    }

    /// <summary>Removes a file.</summary>
    public void Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        finally
        {
            files.Invalidate(path);
        }

        Log.Deleted(Logger, path);
    }

    private static void ThrowIfTaken(bool moved, string path)
    {
        if (!moved)
        {
            throw new HttpException(StatusCodes.Conflict, $"'{path}' exists.");
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

    private (string Path, string Name) MoveToNextFree(TemporaryFile file, string directory, string name)
    {
        var candidate = name;
        for (var number = 1; ; number++)
        {
            var path = Path.Combine(directory, candidate);
            if (file.TryMoveTo(path))
            {
                return (path, candidate);
            }

            ThrowIfTaken(number <= MaxNumber, path);
            candidate = names.Numbered(name, number);
        }
    }
}
