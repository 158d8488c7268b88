using System.Buffers;
using Webserv.Abstractions.Http;

namespace Webserv.Host.Http1;

/// <summary>The response to the current request: what middleware set, and its framing on the way out.</summary>
internal sealed partial class Http1Response : IHttpResponse
{
    private const int BufferSize = 16 * 1024;

    private readonly Http1Output _output;
    private readonly Http1Context _context;
    private readonly ResponseFields _fields;
    private readonly Http1ResponseBody _body;
    private readonly List<Func<Task>> _starting = [];

    // What they set goes with the other fields when an error page takes over: then they run again.
    private readonly List<Func<Task>> _ran = [];
    private int _statusCode;
    private long? _contentLength;
    private byte[]? _buffer;
    private int _buffered;
    private ResponseBodyStream? _stream;
    private bool _completed;
    private int _writing;

    public Http1Response(Http1Context context, Http1Output output)
    {
        _context = context;
        _output = output;
        _fields = new ResponseFields(this);
        _body = new Http1ResponseBody(output);
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

    /// <summary>Whether the pipeline was asked for an error page: one that fails when it is completed is not asked for again.</summary>
    public bool HasTriedPage { get; set; }

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
    public Stream Body => _stream ??= new ResponseBodyStream(this, gate: null);

    /// <inheritdoc />
    public bool HasStarted { get; private set; }

    /// <summary>Whether it was answered with 101: the connection speaks another protocol, and the response is complete.</summary>
    public bool IsUpgraded { get; private set; }

    /// <summary>Whether the connection ends after this response.</summary>
    public bool ClosesConnection { get; set; }

    /// <summary>Whether a write, flush or file was begun that has not ended.</summary>
    public bool IsWriting => Volatile.Read(ref _writing) > 0 || _output.IsSending;

    /// <summary>Whether a client that gets no more of it takes it for what it is, also where the connection ends in order.</summary>
    public bool IsRecognisablyCut => !IsUpgraded && (!HasStarted || _body.TellsItsEnd);

    /// <summary>How many bytes the answers before it have on this connection.</summary>
    public long Begins { get; private set; }

    /// <summary>Whether callbacks wait for the start.</summary>
    public bool HasCallbacks => _starting.Count > 0;

    /// <summary>How many callbacks there are, with those that have run.</summary>
    public int Callbacks => _starting.Count + _ran.Count;

    /// <summary>Whether something else was written than ContentLength says, and the response has not started.</summary>
    public bool HasWrongLength =>
        _contentLength is { } declared && declared != _buffered && !HasStarted && !IsBodiless(_statusCode) && !_context.Request.IsHead;

    /// <summary>Whether anything was written to the body.</summary>
    public bool HasBody => HasStarted || _buffered > 0;

    /// <summary>Whether all of it was written.</summary>
    public bool IsComplete => _completed;

    /// <summary>The bytes of the body that were handed to the connection, without the framing of chunks.</summary>
    public long BodyBytes => HasStarted && !IsUpgraded ? _body.Sent : 0;

    /// <summary>Makes it ready for a request.</summary>
    public void Begin()
    {
        Begins = _output.Sent + _output.Count;
        _fields.Clear();
        ForgetCallbacks();
        _statusCode = StatusCodes.Ok;
        StatusOverride = 0;
        HasTriedPage = false;
        _contentLength = null;
        _buffered = 0;
        _completed = false;
        HasStarted = false;
        IsUpgraded = false;
        ClosesConnection = false;
    }

    /// <summary>Lets go of what belongs to the request alone.</summary>
    /// <param name="isLeftBehind">Whether a middleware may still write: then its buffer is nobody else's, ever.</param>
    public void End(bool isLeftBehind)
    {
        if (isLeftBehind)
        {
            _stream?.End();
            _stream = null;
        }

        _heldFile.Release();

        // They are a plugin's, which must not be kept in memory by a response that waits for its next request.
        ForgetCallbacks();
        if (_buffer is not null && !isLeftBehind)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = null;
        }
    }

    /// <summary>
    /// Forgets status, fields and body of a response that has not started, so that an error page can take its place. Callbacks are kept, and
    /// those that have run are to run again; not one that threw.
    /// </summary>
    public void Clear()
    {
        ThrowIfStarted();
        _fields.Clear();
        for (var last = _ran.Count - 1; last >= 0; last--)
        {
            _starting.Add(_ran[last]);
        }

        _ran.Clear();
        _statusCode = StatusCodes.Ok;
        _contentLength = null;
        _buffered = 0;
    }

    /// <summary>Forgets the callbacks: those who registered them have no say in the answer any more.</summary>
    public void ForgetCallbacks()
    {
        _starting.Clear();
        _ran.Clear();
    }

    /// <summary>Forgets what was written to the body of a response that has not started, and its length.</summary>
    public void ClearBody()
    {
        ThrowIfStarted();
        _contentLength = null;
        _buffered = 0;
    }

    /// <inheritdoc />
    public void OnStarting(Func<Task> callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        ThrowIfStarted();
        _starting.Add(callback);
    }

    /// <summary>Writes to the body: buffered until the response starts, framed afterwards.</summary>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        ThrowIfCompleted();
        if (bytes.IsEmpty)
        {
            return ValueTask.CompletedTask;
        }

        return HasStarted ? _body.SendAsync(bytes) : BufferAsync(bytes);
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
        return ValueTask.CompletedTask;
    }

    private async ValueTask StartAndSendAsync(ReadOnlyMemory<byte> bytes)
    {
        Interlocked.Increment(ref _writing);
        try
        {
            await StartAsync().ConfigureAwait(false);
            await _body.SendAsync(bytes).ConfigureAwait(false);
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
                ThrowIfLengthIsWrong();
                _contentLength = _buffered;
            }
            else if (_buffered > 0)
            {
                _contentLength ??= _buffered;
            }

            await StartAsync().ConfigureAwait(false);
        }

        FinishBody();
    }

    /// <summary>Throws while an error page can still take the place of the response.</summary>
    /// <exception cref="InvalidOperationException"><see cref="HasWrongLength"/>.</exception>
    public void ThrowIfLengthIsWrong()
    {
        if (HasWrongLength)
        {
            throw Http1ResponseBody.WrongLength(_contentLength!.Value, _buffered);
        }
    }

    private void FinishBody()
    {
        _completed = true;
        _body.Finish();
    }

    private async ValueTask StartAsync()
    {
        if (HasStarted)
        {
            return;
        }

        await RunStartingAsync().ConfigureAwait(false);
        await _context.RequestBody.BeginFinalAnswer().ConfigureAwait(false);
        if (HasStarted)
        {
            // One of the callbacks flushed, or wrote more than is buffered: the head is out, with what was written before it.
            return;
        }

        Start();
        if (_buffered > 0)
        {
            var count = _buffered;
            _buffered = 0;
            await _body.SendAsync(_buffer.AsMemory(0, count)).ConfigureAwait(false);
        }
    }

    /// <summary>Runs the callbacks that wait for the start; those that they register in turn as well.</summary>
    public async ValueTask RunStartingAsync()
    {
        while (_starting.Count > 0)
        {
            var callback = _starting[^1];
            _starting.RemoveAt(_starting.Count - 1);
            await callback().ConfigureAwait(false);
            _ran.Add(callback);
        }
    }

    /// <summary>Decides the framing (RFC 9112 section 6.3) and writes the head.</summary>
    private void Start()
    {
        var request = _context.Request;
        var status = _statusCode;
        if (StatusOverride != 0 && status == StatusCodes.Ok)
        {
            status = StatusOverride;
            foreach (var name in ErrorPageFields.Dropped)
            {
                _fields[name] = default;
            }
        }

        _context.Timing?.WriteField(_fields);
        var bodiless = IsBodiless(status);
        var isDiscarded = bodiless || request.IsHead;

        // RFC 9110: 204 has no length, 205 has the length 0, 304 may have that of the representation (sections 15.3.5, 15.3.6, 15.4.5).
        var length = status == StatusCodes.NoContent ? null : status == StatusCodes.ResetContent ? 0 : _contentLength;
        var framing = length is not null ? BodyFraming.Length
            : isDiscarded ? BodyFraming.None
            : request.IsHttp11 ? BodyFraming.Chunked
            : BodyFraming.UntilClose;
        ClosesConnection |= framing == BodyFraming.UntilClose || _context.MustClose;
        _body.Begin(framing, length, isDiscarded);
        Http1ResponseHead.Write(
            _output,
            status,
            _fields,
            _context.Server.FieldMemo,
            framing,
            length,
            ClosesConnection ? "close"u8 : request.IsHttp11 ? default : "keep-alive"u8,
            _context.Server.Date.GetLine(_context.Milliseconds));
        HasStarted = true;
        _statusCode = status;
    }

    /// <summary>Answers 101 and ends the response: what follows is another protocol (RFC 9110 section 15.2.2).</summary>
    /// <param name="protocol">The protocol, as the client spelled it.</param>
    /// <exception cref="InvalidOperationException">The response has started, or something was written to its body.</exception>
    /// <exception cref="IOException">The connection is broken.</exception>
    public async ValueTask UpgradeAsync(string protocol)
    {
        ThrowIfStarted();
        if (_buffered > 0)
        {
            throw new InvalidOperationException("Something was written to the body of the response.");
        }

        Interlocked.Increment(ref _writing);
        try
        {
            await RunStartingAsync().ConfigureAwait(false);
            ThrowIfStarted();
            _fields[Fields.Upgrade] = protocol;
            _context.Timing?.WriteField(_fields);
            Http1ResponseHead.Write(
                _output,
                StatusCodes.SwitchingProtocols,
                _fields,
                _context.Server.FieldMemo,
                BodyFraming.None,
                null,
                default,
                _context.Server.Date.GetLine(_context.Milliseconds));
            (HasStarted, _completed, IsUpgraded, ClosesConnection) = (true, true, true, true);
            _statusCode = StatusCodes.SwitchingProtocols;
            await _output.FlushAsync().ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _writing);
        }
    }

    private static bool IsBodiless(int statusCode) =>
        statusCode is StatusCodes.NoContent or StatusCodes.ResetContent or StatusCodes.NotModified;

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
