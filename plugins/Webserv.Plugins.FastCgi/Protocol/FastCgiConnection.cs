using System.Diagnostics.CodeAnalysis;

namespace Webserv.Plugins.FastCgi.Protocol;

/// <summary>
/// A connection to a program and the requests on it. One loop reads all that comes, all the time, so that a connection
/// which the program has closed is known as such; what comes for a request goes into a bounded buffer of it, and while that
/// is full nothing is read: the protocol has no way to hold up one request alone.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A source without wait handle holds nothing, and the sender is disposed of when the connection has ended.")]
internal sealed class FastCgiConnection
{
    private const int BufferSize = 32 * 1024;

    private readonly Stream _input;
    private readonly RecordSender _sender;
    private readonly int _requestsAtOnce;
    private readonly Action<FastCgiConnection, FastCgiRequest> _requestEnded;
    private readonly Action<FastCgiConnection> _closed;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly FastCgiRequest?[] _requests;
    private readonly List<FastCgiRequest> _touched = [];
    private readonly List<FastCgiRequest> _done = [];
    private int _active;
    private int _begun;
    private bool _isClosed;
    private bool _isWornOut;
    private bool _answered;
    private volatile FastCgiRequest? _blocking;

    /// <param name="input">What comes from the program; owned.</param>
    /// <param name="output">What goes to it; owned.</param>
    /// <param name="requestsAtOnce">How many requests the program takes on one connection at once.</param>
    /// <param name="requestEnded">Called for every request once, when the program has ended it or the connection is lost.</param>
    /// <param name="closed">Called when the connection is closed, whoever closed it.</param>
    /// <param name="openedAt">When that was, in the clock's timestamps.</param>
    public FastCgiConnection(
        Stream input,
        Stream output,
        int requestsAtOnce,
        Action<FastCgiConnection, FastCgiRequest> requestEnded,
        Action<FastCgiConnection> closed,
        long openedAt = 0)
    {
        OpenedAt = openedAt;
        _input = input;
        _sender = new RecordSender(output, _stop.Token);
        _requestsAtOnce = requestsAtOnce;
        _requestEnded = requestEnded;
        _closed = closed;
        _requests = new FastCgiRequest?[requestsAtOnce + 1];
        ThreadId = Environment.CurrentManagedThreadId;
    }

    /// <summary>Ends when nothing is read any more. Never fails.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    /// <summary>The thread that opened it, which is the loop that its events come on.</summary>
    public int ThreadId { get; }

    /// <summary>When it was opened, in the clock's timestamps.</summary>
    public long OpenedAt { get; }

    /// <summary>When the last request on it ended, in the clock's timestamps.</summary>
    public long IdleSince { get; set; }

    /// <summary>How many requests were sent on it.</summary>
    public int Begun => Volatile.Read(ref _begun);

    /// <summary>Whether the program has ever sent anything on it: before that it may not have accepted it.</summary>
    public bool HasAnswered => Volatile.Read(ref _answered);

    /// <summary>Whether there is no request on it.</summary>
    public bool IsIdle => Volatile.Read(ref _active) == 0;

    /// <summary>Whether it takes another request; by the time it is asked for that it may not.</summary>
    public bool HasRoom
    {
        get
        {
            lock (_gate)
            {
                return !_isClosed && !_isWornOut && _active < _requestsAtOnce;
            }
        }
    }

    /// <summary>Starts to read.</summary>
    public void Start() => Completion = ReadAsync();

    /// <summary>Puts a request on the connection; nothing is sent yet.</summary>
    /// <returns>Whether there was room for it.</returns>
    public bool TryBegin(FastCgiRequest request)
    {
        lock (_gate)
        {
            if (_isClosed || _isWornOut || _active >= _requestsAtOnce)
            {
                return false;
            }

            var id = 1;
            while (_requests[id] is not null)
            {
                id++;
            }

            _requests[id] = request;
            _active++;
            request.Attach(this, (ushort)id, isFirst: _begun++ == 0);
            return true;
        }
    }

    /// <summary>Takes a request away of which nothing was sent.</summary>
    public void Withdraw(FastCgiRequest request)
    {
        bool close;
        lock (_gate)
        {
            if (_requests[request.Id] != request)
            {
                return;
            }

            _requests[request.Id] = null;
            close = --_active == 0 && _isWornOut;
        }

        if (close)
        {
            Close();
        }

        _requestEnded(this, request);
        request.Drop();
    }

    /// <summary>
    /// Waits no longer for the program to end a request: the connection takes no more, and closes when the others on it have
    /// ended. Does nothing where the request has ended.
    /// </summary>
    public void GiveUp(FastCgiRequest request)
    {
        bool close;
        lock (_gate)
        {
            if (_isClosed || _requests[request.Id] != request)
            {
                return;
            }

            request.IsGivenUp = true;
            _isWornOut = true;
            close = --_active == 0;
        }

        if (close)
        {
            Close();
        }

        _requestEnded(this, request);
        request.Drop();
    }

    /// <summary>Takes no more requests and closes when the last one has ended.</summary>
    public void Retire()
    {
        bool close;
        lock (_gate)
        {
            _isWornOut = true;
            close = _active == 0;
        }

        if (close)
        {
            Close();
        }
    }

    /// <summary>Closes it unless there is a request on it.</summary>
    public void CloseIfIdle()
    {
        lock (_gate)
        {
            if (_active > 0)
            {
                return;
            }

            _isWornOut = true;
        }

        Close();
    }

    /// <summary>Closes it; requests on it fail.</summary>
    public void Close()
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                return;
            }

            _isClosed = true;
        }

        // The loop does the rest: nothing is disposed of while it is in use.
        _stop.Cancel();
    }

    /// <summary>Waits for the turn to send; see <see cref="RecordSender.EnterAsync"/>.</summary>
    public Task EnterSendingAsync(CancellationToken cancellation) => _sender.EnterAsync(cancellation);

    /// <summary>Sends whole records; see <see cref="RecordSender.SendAsync"/>.</summary>
    public ValueTask SendAsync(byte[] buffer, int length, CancellationToken cancellation) => _sender.SendAsync(buffer, length, cancellation);

    /// <summary>Asks the program to stop working on a request, unless something is being sent; then it learns of it too late anyway.</summary>
    public void SendAbort(ushort requestId) => _sender.TrySendEmpty(RecordType.AbortRequest, requestId);

    /// <summary>Whether what comes for a request cannot be read because another one's client is slow.</summary>
    public bool IsHeldUp(FastCgiRequest request) => _blocking is { } blocking && blocking != request;

    private async Task ReadAsync()
    {
        var parser = new RecordParser();
        var values = new ManagementRecord();
        var buffer = new byte[BufferSize];
        var isProtocolError = false;
        string reason;
        try
        {
            while (true)
            {
                var count = await _input.ReadAsync(buffer, _stop.Token).ConfigureAwait(false);
                if (count == 0)
                {
                    isProtocolError = parser.IsInside;
                    reason = isProtocolError ? "the program closed the connection in the middle of a record" : "the program closed the connection";
                    break;
                }

                Volatile.Write(ref _answered, true);
                try
                {
                    Take(parser, values, buffer.AsSpan(0, count));
                }
                catch (FastCgiProtocolException)
                {
                    // Whoever goes on now must not begin another request here.
                    lock (_gate)
                    {
                        _isWornOut = true;
                    }

                    throw;
                }
                finally
                {
                    // Only now, for more that comes for a request which has ended must not be taken for the next one's.
                    EndDone();
                }

                foreach (var request in _touched)
                {
                    var flushing = request.FlushAsync(_stop.Token);
                    if (!flushing.IsCompleted)
                    {
                        _blocking = request;
                        await flushing.ConfigureAwait(false);
                        _blocking = null;
                    }
                }

                _touched.Clear();
            }
        }
        catch (FastCgiProtocolException exception)
        {
            (reason, isProtocolError) = (exception.Message, true);
        }
        catch (IOException exception)
        {
            reason = $"the connection broke: {exception.Message}";
        }
        catch (OperationCanceledException)
        {
            reason = "the connection was closed by the server";
        }

        await EndAsync(reason, isProtocolError).ConfigureAwait(false);
    }

    private async Task EndAsync(string reason, bool isProtocolError)
    {
        Close();
        await _input.DisposeAsync().ConfigureAwait(false);
        await _sender.DisposeAsync().ConfigureAwait(false);
        FastCgiRequest?[] lost;
        lock (_gate)
        {
            lost = [.. _requests.Where(static request => request is { IsGivenUp: false })];
            Array.Clear(_requests);
            _active = 0;
        }

        _closed(this);
        foreach (var request in lost)
        {
            _requestEnded(this, request!);
            request!.Lose(reason, isProtocolError);
        }
    }

    private void Take(RecordParser parser, ManagementRecord values, ReadOnlySpan<byte> data)
    {
        while (parser.TryRead(ref data, out var record, out var content, out var isLast))
        {
            if (record.RequestId == 0)
            {
                values.Take(record, content, isLast);
                continue;
            }

            if (record.RequestId >= _requests.Length || _requests[record.RequestId] is not { } request)
            {
                throw new FastCgiProtocolException($"a record of type {(byte)record.Type} for request {record.RequestId}, which is none");
            }

            if (request.Take(record, content, isLast))
            {
                Remove(request);
            }
            else if (!_touched.Contains(request))
            {
                _touched.Add(request);
            }
        }
    }

    private void Remove(FastCgiRequest request)
    {
        _touched.Remove(request);
        lock (_gate)
        {
            _requests[request.Id] = null;
            if (request.IsGivenUp)
            {
                return;
            }

            _active--;

            // What of the body was not sent is not read by anybody, and would be taken for records of the next request.
            _isWornOut |= !request.KeepsConnection || !request.HasSentAll;
        }

        _done.Add(request);
    }

    private void EndDone()
    {
        if (_done.Count == 0)
        {
            return;
        }

        bool close;
        lock (_gate)
        {
            close = _isWornOut && _active == 0;
        }

        if (close)
        {
            Close();
        }

        foreach (var request in _done)
        {
            request.MarkEnded();
            _requestEnded(this, request);
            request.Complete();
        }

        _done.Clear();
    }
}
