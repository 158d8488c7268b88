using Webserv.Abstractions.Files;
using Webserv.Abstractions.Http;
using Webserv.Plugins.FastCgi.Streams;

namespace Webserv.Plugins.FastCgi.Protocol;

/// <summary>What a Filter reads: the body of the request, and behind it the file that it works on (FastCGI 1.0 section 6.4).</summary>
/// <param name="body">The body, the caller's to dispose; <see langword="null"/> where there is none.</param>
/// <param name="file">The file as it was found, whose length the program is told before.</param>
/// <param name="open">Opens it.</param>
internal sealed class FilterInput(Stream? body, IFileEntry file, Func<IFileEntry, Stream> open) : ReadOnlyStream
{
    private Stream? _content;
    private long _left = file.Length;

    /// <summary>Whether all of the body has been read, and what comes now is the file's.</summary>
    public bool IsInFile { get; private set; }

    /// <exception cref="HttpException">503: the file has changed meanwhile.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!IsInFile)
        {
            if (body is not null && await body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var read)
            {
                return read;
            }

            IsInFile = true;
        }

        if (_left == 0)
        {
            return 0;
        }

        // It may have to wait for the disk, and this may be an event loop.
        var piece = buffer[..(int)Math.Min(buffer.Length, _left)];
        var count = await Task.Run(() => Read(piece.Span), CancellationToken.None).ConfigureAwait(false);
        _left -= count;
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _content?.Dispose();
        }

        base.Dispose(disposing);
    }

    private new int Read(Span<byte> piece)
    {
        try
        {
            _content ??= open(file);
            return _content.Read(piece) is > 0 and var count ? count : throw new IOException("it has become shorter");
        }
        catch (IOException exception)
        {
            // Its length has been announced, and a part of it is not what was asked for.
            throw new HttpException(StatusCodes.ServiceUnavailable, $"{file.PhysicalPath} has changed while it was read: {exception.Message}", exception);
        }
    }
}
