using System.Buffers.Text;
using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Webserv.Host.Http1;

/// <summary>The body of the current response on its way out: framing added, its length watched.</summary>
internal sealed class Http1ResponseBody(Http1Output output)
{
    // A body up to this size is copied behind its head; a larger one is sent from where it lies.
    private const int MaxCopied = 4096;

    private BodyFraming _framing;
    private bool _isDiscarded;
    private bool _chunkOpen;
    private long? _length;
    private long _written;

    /// <summary>The bytes that were written, where they are for the client.</summary>
    public long Sent => _isDiscarded ? 0 : _written;

    /// <summary>Whether a client can tell where it ends without the end of the connection.</summary>
    public bool TellsItsEnd => _framing is BodyFraming.Length or BodyFraming.Chunked;

    /// <summary>Makes it ready for a response whose head goes out.</summary>
    /// <param name="framing">How its end is told.</param>
    /// <param name="length">Its length, for <see cref="BodyFraming.Length"/>.</param>
    /// <param name="isDiscarded">Whether what is written is counted and thrown away (HEAD, 204, 304).</param>
    public void Begin(BodyFraming framing, long? length, bool isDiscarded)
    {
        _framing = framing;
        _length = length;
        _isDiscarded = isDiscarded;
        _chunkOpen = false;
        _written = 0;
    }

    /// <summary>Sends bytes.</summary>
    /// <exception cref="InvalidOperationException">More than the declared length; nothing of it was sent.</exception>
    /// <exception cref="IOException">The connection is broken.</exception>
    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        Count(bytes.Length);
        if (_isDiscarded || bytes.IsEmpty)
        {
            return ValueTask.CompletedTask;
        }

        BeginChunk(bytes.Length);
        if (bytes.Length <= MaxCopied && bytes.Length <= output.Room)
        {
            output.Write(bytes.Span);
            return ValueTask.CompletedTask;
        }

        return output.SendAsync(bytes);
    }

    /// <summary>Sends part of a file.</summary>
    /// <param name="file">Kept open by the caller until the returned task ends.</param>
    /// <param name="offset">The first byte to send.</param>
    /// <param name="count">How many bytes to send.</param>
    /// <exception cref="InvalidOperationException">More than the declared length; nothing of it was sent.</exception>
    /// <exception cref="IOException">The connection is broken, or the file ended early.</exception>
    public ValueTask SendFileAsync(SafeFileHandle file, long offset, long count)
    {
        Count(count);
        if (_isDiscarded || count == 0)
        {
            return ValueTask.CompletedTask;
        }

        BeginChunk(count);
        return output.SendFileAsync(file, offset, count);
    }

    /// <summary>Ends the body.</summary>
    /// <exception cref="InvalidOperationException">Less was written than was declared.</exception>
    public void Finish()
    {
        if (_framing == BodyFraming.Chunked)
        {
            output.Write(_chunkOpen ? "\r\n0\r\n\r\n"u8 : "0\r\n\r\n"u8);
        }
        else if (_framing == BodyFraming.Length && !_isDiscarded && _written != _length)
        {
            throw WrongLength(_length!.Value, _written);
        }
    }

    /// <summary>What is thrown when a middleware wrote something else than it declared.</summary>
    public static InvalidOperationException WrongLength(long declared, long written) =>
        new(string.Create(CultureInfo.InvariantCulture, $"The middleware declared a body of {declared} bytes and wrote {written}."));

    private void Count(long count)
    {
        _written += count;
        if (_framing == BodyFraming.Length && !_isDiscarded && _written > _length)
        {
            throw WrongLength(_length!.Value, _written);
        }
    }

    private void BeginChunk(long size)
    {
        if (_framing != BodyFraming.Chunked)
        {
            return;
        }

        // The line end of the chunk before is written with the size of the next one (RFC 9112 section 7.1).
        Span<byte> line = stackalloc byte[24];
        var start = _chunkOpen ? 2 : 0;
        "\r\n"u8.CopyTo(line);
        Utf8Formatter.TryFormat(size, line[start..], out var digits, 'x');
        "\r\n"u8.CopyTo(line[(start + digits)..]);
        output.Write(line[..(start + digits + 2)]);
        _chunkOpen = true;
    }
}
