using Webserv.Abstractions.Http;

namespace Webserv.Testing.Http;

/// <summary>The body as the server hands it out: bounded by its length and by the limit.</summary>
internal sealed class TestRequestBody(Stream source, long? length) : ReadOnlyStream
{
    // MaxRequestBodySize where a configuration says nothing.
    private const long DefaultMaxSize = 1 << 20;

    private long _read;
    private long? _maxSize = DefaultMaxSize;

    private bool _ended;
    private long? _breaksAt;
    private TestClientFault? _fault;

    public bool WasRead { get; private set; }

    public bool IsAtEnd => _ended || length == _read;

    public long? MaxSize
    {
        get => _maxSize;
        set
        {
            if (WasRead)
            {
                throw new InvalidOperationException("The body was read from: its limit can no longer change.");
            }

            _maxSize = value;
        }
    }

    /// <summary>Lets the client reset the connection behind so many bytes.</summary>
    public void Break(long bytes, TestClientFault fault) => (_breaksAt, _fault) = (bytes, fault);

    public override int Read(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("Request bodies are read asynchronously.");

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var limit = Before(buffer.Length);
        return After(await source.ReadAsync(buffer[..limit], cancellationToken).ConfigureAwait(false), limit);
    }

    private int Before(int count)
    {
        WasRead = true;
        if (length > _maxSize)
        {
            throw new HttpException(StatusCodes.ContentTooLarge, "The declared length is over the limit.");
        }

        if (_breaksAt is { } end)
        {
            count = count > 0 && _read >= end && length != _read
                ? throw _fault!.Break("The client reset the connection within the request body.")
                : (int)Math.Min(count, end - _read);
        }

        return length is null ? count : (int)Math.Min(count, length.Value - _read);
    }

    private int After(int count, int asked)
    {
        _read += count;
        _ended |= count == 0 && asked > 0;
        if (_read > _maxSize)
        {
            throw new HttpException(StatusCodes.ContentTooLarge, "The body is over the limit.");
        }

        if (count == 0 && asked > 0 && _read < length)
        {
            throw new HttpException(StatusCodes.BadRequest, "The body is cut short.");
        }

        return count;
    }
}
