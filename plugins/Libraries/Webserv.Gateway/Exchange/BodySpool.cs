using Webserv.Abstractions.Http;

namespace Webserv.Gateway.Exchange;

/// <summary>A whole request body: the first of it in memory, the rest in a temporary file that has no name any more.</summary>
internal static class BodySpool
{
    private const int PieceSize = 64 * 1024;

    /// <summary>Reads a body to its end; the temporary file is in the system's directory for them.</summary>
    public static Task<Stream> ReadAsync(Stream body, long memory, CancellationToken cancellation) =>
        ReadAsync(body, memory, Path.GetTempPath(), cancellation);

    /// <summary>Reads a body to its end.</summary>
    /// <param name="body">The body; what its reads throw passes.</param>
    /// <param name="memory">The most bytes to keep in memory.</param>
    /// <param name="directory">Where the temporary file is made.</param>
    /// <param name="cancellation">Cancelled when nobody waits any more.</param>
    /// <returns>A stream at its beginning, whose length is that of the body.</returns>
    /// <exception cref="HttpException">507: the temporary file cannot be written.</exception>
    public static async Task<Stream> ReadAsync(Stream body, long memory, string directory, CancellationToken cancellation)
    {
        Stream spool = new MemoryStream();
        var piece = new byte[PieceSize];
        try
        {
            int count;
            while ((count = await body.ReadAsync(piece, cancellation).ConfigureAwait(false)) > 0)
            {
                try
                {
                    if (spool is MemoryStream && spool.Length + count > memory)
                    {
                        spool = await MoveToFileAsync(spool, directory, cancellation).ConfigureAwait(false);
                    }

                    await spool.WriteAsync(piece.AsMemory(0, count), cancellation).ConfigureAwait(false);
                }
                catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
                {
                    throw new HttpException(StatusCodes.InsufficientStorage, $"cannot spool the request body: {exception.Message}", exception);
                }
            }

            spool.Position = 0;
            return spool;
        }
        catch
        {
            await spool.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static async Task<FileStream> MoveToFileAsync(Stream memory, string directory, CancellationToken cancellation)
    {
        var path = Path.Join(directory, "webserv-" + Path.GetRandomFileName());
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.Delete,
            BufferSize = 0,
            Options = FileOptions.Asynchronous | FileOptions.DeleteOnClose,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        var file = new FileStream(path, options);
        try
        {
            if (!OperatingSystem.IsWindows())
            {
                File.Delete(path); // Gone with the descriptor, whatever becomes of the server.
            }

            memory.Position = 0;
            await memory.CopyToAsync(file, cancellation).ConfigureAwait(false);
            await memory.DisposeAsync().ConfigureAwait(false);
            return file;
        }
        catch
        {
            await file.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
