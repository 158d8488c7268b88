using System.Buffers;
using System.Globalization;
using Webserv.Abstractions.Files;
using Webserv.Abstractions.Http;
using Webserv.Host.Files;

namespace Webserv.Host.Http1;

/// <summary>The response to the current request: what middleware set, and its framing on the way out.</summary>
internal sealed class Http1Response : IHttpResponse
{
    // A body up to this size is copied behind its head; a larger one is sent from where it lies.
    private const int MaxCopied = 4096;
    private const int BufferSize = 16 * 1024;

    private readonly Http1Output _output;
    private readonly Http1Context _context;
    private readonly ResponseFields _fields;
    private readonly List<Func<Task>> _starting = [];
    private int _statusCode;
    private long? _contentLength;
    private BodyFraming _framing;
    private bool _hasNoBody;
    private bool _chunkOpen;
    private byte[]? _buffer;
    private int _buffered;
    private long _written;
    private ResponseBodyStream? _stream;
    private bool _completed;
    private int _writing;

    public Http1Response(Http1Context context, Http1Output output)
    {
        _context = context;
        _output = output;
        _fields = new ResponseFields(this);
    }

    /// <inheritdoc />
    public int StatusCode
    {
        get => _statusCode;
        set
        {
            ThrowIfStarted();
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 200);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 599);
            _statusCode = value;
        }
    }

    /// <summary>A status that takes the place of 200 when the response starts: that of the error whose page is being sent. 0 for none.</summary>
    public int StatusOverride { get; set; }

    /// <inheritdoc />
    public IHeaderCollection Headers => _fields;

    /// <inheritdoc />
    public long? ContentLength
    {
        get => _contentLength;
        set
        {
            ThrowIfStarted();
            if (value is { } length)
            {
                ArgumentOutOfRangeException.ThrowIfNegative(length, nameof(value));
            }

            _contentLength = value;
        }
    }

    /// <inheritdoc />
    public Stream Body => _stream ??= new ResponseBodyStream(this);

    /// <inheritdoc />
    public bool HasStarted { get; private set; }

    /// <summary>Whether the connection ends after this response.</summary>
    public bool ClosesConnection { get; set; }

    /// <summary>Whether a write, flush or file was begun that has not ended.</summary>
    public bool IsWriting => Volatile.Read(ref _writing) > 0 || _output.IsSending;

    /// <summary>Whether anything was written to the body.</summary>
    public bool HasBody => _written > 0;

    /// <summary>Makes it ready for a request.</summary>
    public void Begin()
    {
        _fields.Clear();
        _starting.Clear();
        _statusCode = StatusCodes.Ok;
        StatusOverride = 0;
        _contentLength = null;
        _framing = BodyFraming.None;
        _hasNoBody = false;
        _chunkOpen = false;
        _buffered = 0;
        _written = 0;
        _completed = false;
        HasStarted = false;
        ClosesConnection = false;
    }

    /// <summary>Lets go of what belongs to the request alone.</summary>
    public void End()
    {
        _stream?.End();
        _stream = null;
        if (_buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = null;
        }
    }

    /// <summary>Forgets status, fields and body of a response that has not started, so that an error page can take its place.</summary>
    public void Clear()
    {
        ThrowIfStarted();
        _fields.Clear();
        _starting.Clear();
        _statusCode = StatusCodes.Ok;
        _contentLength = null;
        _buffered = 0;
        _written = 0;
    }

    /// <inheritdoc />
    public void OnStarting(Func<Task> callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        ThrowIfStarted();
        _starting.Add(callback);
    }

    /// <inheritdoc />
    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellation)
    {
        var file = _context.Server.Files.FindFile(path);
        return file.Kind == FileKind.File
            ? SendFileAsync(file, offset, count ?? file.Length - offset, cancellation)
            : throw new FileNotFoundException("There is no such regular file.", path);
    }

    /// <inheritdoc />
    public Task SendFileAsync(IFileEntry file, long offset, long count, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(file);
        cancellation.ThrowIfCancellationRequested();
        ThrowIfCompleted();
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, file.Length - offset);
        if (file is not CachedFile cached)
        {
            return SendFileAsync(file.PhysicalPath, offset, count, cancellation);
        }

        if (!HasStarted)
        {
            _contentLength ??= count;
            if (_starting.Count > 0 || _buffered > 0 || _context.RequestBody.IsContinueExpected)
            {
                return SendFileSlowAsync(cached, offset, count);
            }

            Start();
        }

        var send = SendFileCore(cached, offset, count);
        return send.IsCompletedSuccessfully ? Task.CompletedTask : send.AsTask();
    }

    private async Task SendFileSlowAsync(CachedFile file, long offset, long count)
    {
        Interlocked.Increment(ref _writing);
        try
        {
            await StartAsync().ConfigureAwait(false);
            await SendFileCore(file, offset, count).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _writing);
        }
    }

    private ValueTask SendFileCore(CachedFile file, long offset, long count)
    {
        if (file.Content is { } content)
        {
            return SendAsync(content.AsMemory((int)offset, (int)count));
        }

        if (_hasNoBody || count == 0)
        {
            _written += count;
            return ValueTask.CompletedTask;
        }

        AddWritten(count);
        if (!file.TryRent(out var handle))
        {
            // The file left the cache between look-up and sending; what is there now may be another version.
            throw new HttpException(StatusCodes.ServiceUnavailable, $"{file.PhysicalPath} changed while it was about to be sent");
        }

        BeginChunk(count);
        var send = _output.SendFileAsync(handle, offset, count);
        if (send.IsCompletedSuccessfully)
        {
            file.Return(handle);
            return ValueTask.CompletedTask;
        }

        return ReturnAfterAsync(send, file, handle);
    }

    private static async ValueTask ReturnAfterAsync(ValueTask send, CachedFile file, Microsoft.Win32.SafeHandles.SafeFileHandle handle)
    {
        try
        {
            await send.ConfigureAwait(false);
        }
        finally
        {
            file.Return(handle);
        }
    }

    /// <summary>Writes to the body: buffered until the response starts, framed afterwards.</summary>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        ThrowIfCompleted();
        if (bytes.IsEmpty)
        {
            return ValueTask.CompletedTask;
        }

        return HasStarted ? SendAsync(bytes) : BufferAsync(bytes);
    }

    private ValueTask BufferAsync(ReadOnlyMemory<byte> bytes)
    {
        if (_buffered + bytes.Length > BufferSize)
        {
            return StartAndSendAsync(bytes);
        }

        _buffer ??= ArrayPool<byte>.Shared.Rent(BufferSize);
        bytes.Span.CopyTo(_buffer.AsSpan(_buffered));
        _buffered += bytes.Length;
        _written += bytes.Length;
        return ValueTask.CompletedTask;
    }

    private async ValueTask StartAndSendAsync(ReadOnlyMemory<byte> bytes)
    {
        Interlocked.Increment(ref _writing);
        try
        {
            await StartAsync().ConfigureAwait(false);
            await SendAsync(bytes).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _writing);
        }
    }

    /// <summary>Sends everything that was written.</summary>
    public async ValueTask FlushAsync()
    {
        ThrowIfCompleted();
        Interlocked.Increment(ref _writing);
        try
        {
            await StartAsync().ConfigureAwait(false);
            await _output.FlushAsync().ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _writing);
        }
    }

    /// <summary>Ends the body. What is still gathered in the output is left there, for the answer to the next request to join.</summary>
    /// <exception cref="InvalidOperationException">More or less was written than ContentLength says.</exception>
    public ValueTask CompleteAsync()
    {
        if (HasStarted && _starting.Count == 0)
        {
            FinishBody();
            return ValueTask.CompletedTask;
        }

        return CompleteSlowAsync();
    }

    private async ValueTask CompleteSlowAsync()
    {
        await RunStartingAsync().ConfigureAwait(false);
        if (!HasStarted)
        {
            if (!IsBodiless(_statusCode) && !_context.Request.IsHead)
            {
                if (_contentLength is { } declared && declared != _written)
                {
                    throw WrongLength(declared);
                }

                _contentLength = _written;
            }
            else if (_written > 0)
            {
                _contentLength ??= _written;
            }

            await StartAsync().ConfigureAwait(false);
        }

        FinishBody();
    }

    private void FinishBody()
    {
        _completed = true;
        if (_framing == BodyFraming.Chunked)
        {
            _output.Write(_chunkOpen ? "\r\n0\r\n\r\n"u8 : "0\r\n\r\n"u8);
        }
        else if (_framing == BodyFraming.Length && !_hasNoBody && _written != _contentLength)
        {
            throw WrongLength(_contentLength!.Value);
        }
    }

    private InvalidOperationException WrongLength(long declared) =>
        new(string.Create(CultureInfo.InvariantCulture, $"The middleware declared a body of {declared} bytes and wrote {_written}."));

    private async ValueTask StartAsync()
    {
        if (HasStarted)
        {
            return;
        }

        await RunStartingAsync().ConfigureAwait(false);
        await _context.RequestBody.BeginFinalAnswer().ConfigureAwait(false);
        Start();
        if (_buffered > 0)
        {
            var count = _buffered;
            _buffered = 0;
            _written -= count;
            await SendAsync(_buffer.AsMemory(0, count)).ConfigureAwait(false);
        }
    }

    private async ValueTask RunStartingAsync()
    {
        while (_starting.Count > 0)
        {
            var callback = _starting[^1];
            _starting.RemoveAt(_starting.Count - 1);
            await callback().ConfigureAwait(false);
        }
    }

    /// <summary>Decides the framing (RFC 9112 section 6.3) and writes the head.</summary>
    private void Start()
    {
        var request = _context.Request;
        var status = StatusOverride != 0 && _statusCode == StatusCodes.Ok ? StatusOverride : _statusCode;
        var bodiless = IsBodiless(status);
        _hasNoBody = bodiless || request.IsHead;
        var length = bodiless && status != StatusCodes.NotModified ? null : _contentLength;
        _framing = length is not null ? BodyFraming.Length
            : _hasNoBody ? BodyFraming.None
            : request.IsHttp11 ? BodyFraming.Chunked
            : BodyFraming.UntilClose;
        ClosesConnection |= _framing == BodyFraming.UntilClose;
        ClosesConnection |= _context.MustClose;
        Http1ResponseHead.Write(
            _output,
            status,
            _fields,
            _framing,
            length,
            ClosesConnection ? "close"u8 : request.IsHttp11 ? default : "keep-alive"u8,
            _context.Server.Date.GetLine(_context.Milliseconds));
        HasStarted = true;
        _statusCode = status;
    }

    private static bool IsBodiless(int statusCode) => statusCode is StatusCodes.NoContent or StatusCodes.NotModified;

    private ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        AddWritten(bytes.Length);
        if (_hasNoBody || bytes.IsEmpty)
        {
            return ValueTask.CompletedTask;
        }

        BeginChunk(bytes.Length);
        if (bytes.Length <= MaxCopied && bytes.Length <= _output.Room)
        {
            _output.Write(bytes.Span);
            return ValueTask.CompletedTask;
        }

        return _output.SendAsync(bytes);
    }

    private void AddWritten(long count)
    {
        if (_framing == BodyFraming.Length && _written + count > _contentLength && !_hasNoBody)
        {
            _written += count;
            throw WrongLength(_contentLength!.Value);
        }

        _written += count;
    }

    private void BeginChunk(long size)
    {
        if (_framing != BodyFraming.Chunked)
        {
            return;
        }

        Span<byte> line = stackalloc byte[24];
        var start = _chunkOpen ? 2 : 0;
        "\r\n"u8.CopyTo(line);
        System.Buffers.Text.Utf8Formatter.TryFormat(size, line[start..], out var digits, 'x');
        "\r\n"u8.CopyTo(line[(start + digits)..]);
        _output.Write(line[..(start + digits + 2)]);
        _chunkOpen = true;
    }

    private void ThrowIfStarted()
    {
        if (HasStarted)
        {
            throw new InvalidOperationException("The response has started.");
        }
    }

    private void ThrowIfCompleted()
    {
        if (_completed)
        {
            throw new InvalidOperationException("The response is complete.");
        }
    }
}
