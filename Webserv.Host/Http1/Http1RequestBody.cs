using System.Runtime.CompilerServices;
using Webserv.Abstractions.Http;
using Webserv.Host.Transport;

namespace Webserv.Host.Http1;

/// <summary>The body of the current request: framing removed, limits kept, 100 (Continue) sent when somebody wants it.</summary>
internal sealed class Http1RequestBody(Http1Input input)
{
    private static readonly byte[] Continue = [.. "HTTP/1.1 100 Continue\r\n\r\n"u8];

    private readonly Lock _sync = new();
    private IConnection? _connection;
    private BodyFraming _framing;
    private ChunkedDecoder _decoder;
    private long _remaining;
    private long _total;
    private long _timeout;
    private long _drainEnd;
    private Pace _pace;
    private bool _continueExpected;
    private bool _finalSent;
    private Task? _continueSend;
    private bool _reading;
    private bool _readCancelled;
    private long? _maxSize;

    /// <summary>Whether all of the body was taken.</summary>
    public bool IsComplete => _framing switch
    {
        BodyFraming.Chunked => _decoder.IsComplete,
        _ => _remaining == 0,
    };

    /// <summary>Whether the connection can no longer be used for another request.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Whether the client reset the connection while the body was read.</summary>
    public bool IsReset { get; private set; }

    /// <summary>Whether a read was begun that has not ended.</summary>
    public bool IsReading => Volatile.Read(ref _reading);

    /// <summary>Whether somebody has read.</summary>
    public bool WasRead { get; private set; }

    /// <summary>The trailer fields; complete once <see cref="IsComplete"/>.</summary>
    public RequestTrailers Trailers => _decoder.Trailers ?? RequestTrailers.None;

    /// <summary>The length told by the request; <see langword="null"/> for a chunked body.</summary>
    public long? Length => _framing == BodyFraming.Chunked ? null : _framing == BodyFraming.Length ? _total + _remaining : 0;

    /// <summary>The most bytes that may come; <see langword="null"/> for no limit.</summary>
    public long? MaxSize
    {
        get => _maxSize;
        set
        {
            if (WasRead)
            {
                throw new InvalidOperationException("The body was read from already.");
            }

            _maxSize = value;
        }
    }

    /// <summary>A limit above <see cref="MaxSize"/> that whoever has the request cannot lift; <see langword="null"/> where there is none.</summary>
    public long? Ceiling { get; set; }

    /// <summary>Makes it ready for a request.</summary>
    /// <param name="connection">Where it comes from.</param>
    /// <param name="head">Its head.</param>
    /// <param name="timeout">Milliseconds that may pass without a byte.</param>
    /// <param name="rate">The least rate at which it has to come, or <see langword="null"/>.</param>
    /// <param name="maxSize">The limit of size, or <see langword="null"/>.</param>
    public void Begin(IConnection connection, Http1RequestHead head, long timeout, MinimumRate? rate, long? maxSize)
    {
        _connection = connection;
        _framing = head.IsChunked ? BodyFraming.Chunked : head.ContentLength > 0 ? BodyFraming.Length : BodyFraming.None;
        _decoder = default;
        _remaining = head.IsChunked ? 0 : Math.Max(head.ContentLength, 0);
        _total = 0;
        _timeout = timeout;
        _drainEnd = long.MaxValue;
        if (_framing != BodyFraming.None)
        {
            // What came together with the head has come quickly.
            _pace = new Pace(rate);
            _pace.Waited(0, input.Unread.Length);
        }

        _maxSize = maxSize;
        Ceiling = null;
        _continueExpected = head.ExpectsContinue && head.IsHttp11 && _framing != BodyFraming.None;
        _finalSent = false;
        HasExpectation = _continueExpected;
        _readCancelled = false;
        _continueSend = null;
        _reading = false;
        WasRead = false;
        IsBroken = false;
        IsReset = false;
    }

    /// <summary>
    /// Whether the request asked for 100 (Continue), answered by now or not: the final answer then begins with
    /// <see cref="BeginFinalAnswer"/>.
    /// </summary>
    public bool HasExpectation { get; private set; }

    /// <summary>
    /// Tells that the final answer is about to go out: 100 (Continue) is not sent any more. Whoever reads the body may be
    /// another thread than who answers.
    /// </summary>
    /// <returns>The sending of 100 (Continue) that may be under way, to be awaited first.</returns>
    public Task BeginFinalAnswer()
    {
        lock (_sync)
        {
            _finalSent = true;
            return _continueSend ?? Task.CompletedTask;
        }
    }

    /// <summary>Reads some of the body; 0 at its end.</summary>
    /// <param name="buffer">Where it goes.</param>
    /// <param name="cancellation">Ends the wait, within the resolution of the deadlines. Nothing is lost: a later read goes on where it was.</param>
    /// <exception cref="HttpException">400, 408 or 413; the connection is closed after the answer.</exception>
    /// <exception cref="OperationCanceledException">The cancellation came before any data.</exception>
    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        CheckDeclaredLength();
        WasRead = true;
        return IsComplete || buffer.IsEmpty ? new ValueTask<int>(0) : ReadCoreAsync(buffer, cancellation);
    }

    /// <summary>Throws 413 where the request declares more than it may send.</summary>
    public void CheckDeclaredLength()
    {
        if (_framing == BodyFraming.Length && (_maxSize < _total + _remaining || Ceiling < _total + _remaining))
        {
            throw Reject(RequestRejection.BodyTooLarge);
        }
    }

    /// <summary>Whether the rest can be taken, as far as can be told beforehand.</summary>
    /// <remarks>
    /// A client that waits for 100 (Continue) may or may not send the body after a final answer: nobody can tell where the
    /// next request begins.
    /// </remarks>
    public bool CanBeDrained(long maxSize) => MayEnd(maxSize) && (IsComplete || _framing != BodyFraming.Length || _remaining <= maxSize);

    /// <summary>
    /// Whether the end of the body may yet be reached: by a drain, or by whoever has begun to read it and goes on while the answer is on its way.
    /// </summary>
    /// <param name="maxSize">The most that a drain takes.</param>
    public bool MayEnd(long maxSize) =>
        IsComplete || !(IsBroken || _continueExpected || (!WasRead && _framing == BodyFraming.Length && _remaining > maxSize));

    /// <summary>Takes what is left and throws it away, so that the next request can be read.</summary>
    /// <param name="maxSize">The most to take.</param>
    /// <returns>Whether the end of the body was reached.</returns>
    public async ValueTask<bool> DrainAsync(long maxSize)
    {
        if (IsComplete)
        {
            return true;
        }

        if (!CanBeDrained(maxSize))
        {
            return false;
        }

        var scratch = System.Buffers.ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            _maxSize = Ceiling = null;
            _drainEnd = _connection!.Loop.Milliseconds + _timeout;
            for (long drained = 0; drained <= maxSize;)
            {
                var count = await ReadCoreAsync(scratch, CancellationToken.None).ConfigureAwait(false);
                if (count == 0)
                {
                    return true;
                }

                drained += count;
            }

            return IsComplete;
        }
        catch (HttpException)
        {
            // The answer has gone out; what is wrong with the rest of the body only means that the connection ends.
            return false;
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(scratch);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ReadCoreAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        if (Interlocked.Exchange(ref _reading, true))
        {
            throw new InvalidOperationException("Another read of the request body has not ended.");
        }

        var registration = default(CancellationTokenRegistration);
        Volatile.Write(ref _readCancelled, false);
        try
        {
            while (true)
            {
                if (TakeBuffered(buffer.Span, out var count))
                {
                    return count;
                }

                var connection = _connection!;
                if (_continueExpected)
                {
                    try
                    {
                        await SendContinueAsync(connection).ConfigureAwait(false);
                    }
                    catch (IOException)
                    {
                        // The client has gone, which is no failure of whoever reads.
                        IsBroken = true;
                        IsReset = true;
                        throw;
                    }
                }

                var begun = connection.Loop.Milliseconds;
                var deadline = connection.ReceiveDeadline = Math.Min(_drainEnd, begun + Math.Min(_timeout, _pace.Patience));

                // A full fence, as in CancelRead: whoever cancels sees this deadline and ends it, or this sees the cancellation.
                Interlocked.MemoryBarrier();
                if (Volatile.Read(ref _readCancelled))
                {
                    throw new OperationCanceledException(cancellation);
                }

                var direct = _framing == BodyFraming.Length ? _remaining : _decoder.DataExpected;
                if (direct > 0)
                {
                    // Nothing but data can come: it is received where the reader wants it.
                    var receiving = connection.ReceiveAsync(buffer[..(int)Math.Min(buffer.Length, direct)]);
                    if (!receiving.IsCompleted)
                    {
                        Watch(cancellation, ref registration);
                    }

                    var result = await receiving.ConfigureAwait(false);
                    if (IsReceived(result.Status, begun, deadline, result.Count, cancellation))
                    {
                        TakeDirect(result.Count);
                        return result.Count;
                    }

                    continue;
                }

                var before = input.Unread.Length;
                var filling = input.ReceiveAsync(connection);
                if (!filling.IsCompleted)
                {
                    Watch(cancellation, ref registration);
                }

                var status = await filling.ConfigureAwait(false);
                IsReceived(status, begun, deadline, input.Unread.Length - before, cancellation);
            }
        }
        finally
        {
            // In this order: a cancellation that comes late must not find the read after this one, whoever awaits what when.
            registration.Dispose();
            Volatile.Write(ref _reading, false);
        }
    }

    private void Watch(CancellationToken cancellation, ref CancellationTokenRegistration registration)
    {
        if (registration == default)
        {
            registration = cancellation.UnsafeRegister(static state => ((Http1RequestBody)state!).CancelRead(), this);
        }
    }

    private void CancelRead()
    {
        Volatile.Write(ref _readCancelled, true);
        if (_connection is { } connection)
        {
            connection.ReceiveDeadline = 0;
        }
    }

    /// <summary>Takes from what has come in already.</summary>
    /// <returns>Whether the read is done: there was data, or the body is at its end.</returns>
    private bool TakeBuffered(Span<byte> buffer, out int count)
    {
        var unread = input.Unread;
        if (_framing == BodyFraming.Length)
        {
            count = (int)Math.Min(_remaining, Math.Min(unread.Length, buffer.Length));
            unread[..count].CopyTo(buffer);
            input.Advance(count);
            _remaining -= count;
            _total += count;
            return count > 0 || _remaining == 0;
        }

        var status = _decoder.Decode(unread, buffer, out var consumed, out count);
        input.Advance(consumed);
        if (status == ParseStatus.Rejected)
        {
            throw Reject(_decoder.Rejection);
        }

        AddToTotal(count);
        return count > 0 || status == ParseStatus.Complete;
    }

    private void TakeDirect(int count)
    {
        if (_framing == BodyFraming.Length)
        {
            _remaining -= count;
            _total += count;
        }
        else
        {
            _decoder.SkipData(count);
            AddToTotal(count);
        }
    }

    private void AddToTotal(int count)
    {
        _total += count;
        if (_total > _maxSize || _total > Ceiling)
        {
            throw Reject(RequestRejection.BodyTooLarge);
        }
    }

    private Task SendContinueAsync(IConnection connection)
    {
        lock (_sync)
        {
            if (!_continueExpected || _finalSent)
            {
                return Task.CompletedTask;
            }

            _continueExpected = false;
            return _continueSend = connection.SendAsync(Continue).AsTask();
        }
    }

    /// <summary>Sees to how a receive ended.</summary>
    /// <returns>Whether it brought bytes; otherwise it is to be repeated.</returns>
    private bool IsReceived(ReceiveStatus status, long begun, long deadline, int count, CancellationToken cancellation)
    {
        // Not the present: the reader may have waited for a thread of the pool, which is no delay of the client's.
        var now = Math.Max(begun, _connection!.ReceivedAt);
        _pace.Waited(now - begun, count);
        switch (status)
        {
            case ReceiveStatus.Received:
                return true;
            case ReceiveStatus.TimedOut when Volatile.Read(ref _readCancelled):
                throw new OperationCanceledException(cancellation);
            case ReceiveStatus.TimedOut when now < deadline:
                // Meant for a connection that is idle, which this one was a moment ago (Http1Connection.EndWhenIdle).
                return false;
            case ReceiveStatus.TimedOut:
                throw Reject(_pace.Patience > 0 ? RequestRejection.BodyTimeout : RequestRejection.BodyTooSlow);
            case ReceiveStatus.End:
                throw Reject(RequestRejection.BodyCutShort);
            default:
                IsBroken = true;
                IsReset = true;
                throw new IOException("The client reset the connection within the request body.");
        }
    }

    private HttpException Reject(RequestRejection rejection)
    {
        IsBroken = true;
        return new HttpException(rejection.GetStatusCode(), rejection.GetReason());
    }
}
