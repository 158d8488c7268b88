using System.Runtime.CompilerServices;
using Webserv.Abstractions.Http;
using Webserv.Host.Configuration;
using Webserv.Host.Pipeline;
using Webserv.Host.Transport;

namespace Webserv.Host.Http1;

/// <summary>
/// The working set of a connection that has something to do: buffers, parser, context. A connection borrows one when bytes
/// arrive and gives it back when it falls idle, so that idle connections cost next to nothing.
/// </summary>
internal sealed class Http1Exchange
{
    private const int MaxPooled = 64;

    // Answers to pipelined requests leave together, up to so many bytes, and so many of them before other connections get a turn.
    private const int MaxGathered = 32 * 1024;
    private const int MaxInTurn = 128;

    // The answer of the pipeline, and that of its configured error page; the page that comes then is the server's own.
    private const int MaxFailures = 2;

    [ThreadStatic]
    private static Stack<Http1Exchange>? _pool;

    private readonly Http1Server _server;
    private readonly Http1Input _input = new();
    private readonly Http1Output _output = new();
    private readonly Http1Parser _parser;
    private readonly Http1Context _context;

    private Http1Exchange(Http1Server server)
    {
        _server = server;
        var limits = server.Limits;
        _parser = new Http1Parser((int)limits.MaxRequestLineSize, (int)limits.MaxRequestHeadSize, limits.MaxRequestFields);
        _context = new Http1Context(server, _parser.Head, _input, _output);
    }

    /// <summary>Whether bytes of the client may still be on their way that the server will not read: closing at once could destroy the answer.</summary>
    public bool NeedsLingeringClose { get; private set; }

    private LimitsOptions Limits => _server.Limits;

    /// <summary>Borrows a working set; those of the calling thread are reused.</summary>
    public static Http1Exchange Rent(Http1Server server, IConnection connection)
    {
        var exchange = _pool is { Count: > 0 } pool && ReferenceEquals(pool.Peek()._server, server) ? pool.Pop() : new Http1Exchange(server);
        exchange._output.Reset(connection);
        exchange.NeedsLingeringClose = false;
        return exchange;
    }

    /// <summary>Gives a working set back. One that a middleware's read or write may still touch is left to the collector.</summary>
    public static void Return(Http1Exchange exchange)
    {
        if (!exchange._context.IsQuiet)
        {
            return;
        }

        exchange._context.Detach();
        exchange._input.Reset();
        exchange._output.Reset(null);
        exchange._parser.Reset();
        var pool = _pool ??= new Stack<Http1Exchange>();
        if (pool.Count < MaxPooled && (pool.Count == 0 || ReferenceEquals(pool.Peek()._server, exchange._server)))
        {
            pool.Push(exchange);
        }
    }

    /// <summary>Serves requests until the client has no more to say for now.</summary>
    /// <param name="owner">The connection.</param>
    /// <returns>Whether the connection is to be kept.</returns>
    /// <exception cref="IOException">The connection is broken.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> ServeAsync(Http1Connection owner)
    {
        var connection = owner.Connection;
        var deadline = connection.Loop.Milliseconds + (long)Limits.RequestHeadTimeout.TotalMilliseconds;
        if (owner.IsHeadPending && connection.ReceiveDeadline is > 0 and var running)
        {
            deadline = Math.Min(deadline, running);
        }

        var inTurn = 0;
        if (owner.HasSkippedEmptyLine)
        {
            _parser.HasSkippedBefore();
        }

        while (true)
        {
            var status = _input.IsEmpty ? ParseStatus.NeedMore : _parser.TryParse(_input.Unread);
            if (status == ParseStatus.Rejected)
            {
                return await RejectAsync(owner, _parser.Rejection).ConfigureAwait(false);
            }

            if (status == ParseStatus.Complete)
            {
                owner.HasSkippedEmptyLine = false;
                if (!await ServeOneAsync(owner).ConfigureAwait(false))
                {
                    // Back to the loop, whose pool the working set came from.
                    await connection.Loop.SwitchTo().ConfigureAwait(false);
                    return false;
                }

                deadline = connection.Loop.Milliseconds + (long)Limits.RequestHeadTimeout.TotalMilliseconds;
                if (_input.IsEmpty || _output.Count > MaxGathered)
                {
                    await _output.FlushAsync().ConfigureAwait(false);
                }

                if (++inTurn % MaxInTurn == 0)
                {
                    // A client that pipelines without end must not keep the loop from the others: to the end of its queue.
                    await Task.Yield();
                }

                await connection.Loop.SwitchTo().ConfigureAwait(false);
                if (_input.IsEmpty)
                {
                    return true;
                }

                continue;
            }

            await _output.FlushAsync().ConfigureAwait(false);
            if (_parser.HasSkippedAll(_input.Unread.Length))
            {
                // An empty line behind a body is no beginning of a request (RFC 9112 section 2.2): the connection is idle.
                _input.Advance(_input.Unread.Length);
                _input.EndRequest();
                _parser.Reset();
                owner.HasSkippedEmptyLine = true;
                if (inTurn == 0)
                {
                    connection.ReceiveDeadline = deadline;
                    owner.KeepHeadPending();
                }

                return true;
            }

            connection.ReceiveDeadline = deadline;
            var received = await _input.ReceiveAsync(connection).ConfigureAwait(false);
            if (received == ReceiveStatus.TimedOut && connection.Loop.Milliseconds < deadline)
            {
                // Meant for a connection that is idle, which this one was a moment ago (Http1Connection.EndWhenIdle).
                continue;
            }

            if (received == ReceiveStatus.TimedOut && !_input.IsEmpty)
            {
                return await RejectAsync(owner, RequestRejection.HeadTimeout).ConfigureAwait(false);
            }

            if (received != ReceiveStatus.Received)
            {
                if (!_input.IsEmpty)
                {
                    Http1AccessLog.WriteRefused(owner, _parser.Head, _input.Unread, status: null, bodyBytes: 0);
                }

                return false;
            }
        }
    }

    /// <returns>Whether the connection is to be kept.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> ServeOneAsync(Http1Connection owner)
    {
        var connection = owner.Connection;
        var head = _parser.Head;
        _input.BeginBody(head.Length);
        var target = _server.Targets.Parse(_input.Head.Slice(head.TargetStart, head.TargetLength), head.Method);
        if (target is null)
        {
            return await RejectAsync(owner, RequestRejection.TargetMalformed).ConfigureAwait(false);
        }

        if (target.IsHttps && !IsSecured(owner))
        {
            return await RejectAsync(owner, RequestRejection.SchemeNotSecured).ConfigureAwait(false);
        }

        var host = ParseHost(head, target);
        if (host is null)
        {
            return await RejectAsync(owner, RequestRejection.HostMalformed).ConfigureAwait(false);
        }

        if (Enter(owner, host.Name, out var route) is not { } virtualServer)
        {
            return route.Servers is null && await RejectAsync(owner, RequestRejection.EndpointRetired).ConfigureAwait(false);
        }

        var keep = false;

        // RFC 9112 section 9.3.
        var mayKeepAlive = (head.Connection & ConnectionOptions.Close) == 0
            && (head.IsHttp11 || (head.Connection & ConnectionOptions.KeepAlive) != 0);
        try
        {
            _context.Begin(connection, owner.NextRequestNumber(), virtualServer, mayKeepAlive, route.Forwarding);
            _context.Request.Begin(target, host);
            _context.RequestBody.Begin(connection, head, (long)Limits.RequestBodyTimeout.TotalMilliseconds, _server.MinRequestBodyRate, virtualServer.MaxRequestBodySize);
            owner.BeginRequest(_context);
            if (!_context.RequestBody.IsComplete && _output.Count > 0)
            {
                // Answers to the requests before this one must not wait for its body.
                await _output.FlushAsync().ConfigureAwait(false);
            }

            var serving = virtualServer.ServeAsync(_context, owner.Aborted);
            if (!serving.IsCompletedSuccessfully)
            {
                await serving.ConfigureAwait(false);
            }

            keep = await FinishAsync(owner).ConfigureAwait(false);
            return keep;
        }
        finally
        {
            owner.EndRequest();
            _context.ShutOut();
            if (_context.AccessLog is { } log)
            {
                Http1AccessLog.WriteServed(log, owner, _context, head);
            }

            _server.Meter?.Ended(_context, virtualServer, head.Method);
            _context.End();
            virtualServer.Lifetime.Exit();
            _parser.Reset();
            _input.EndRequest();

            // A client that was not the one to end the connection may have sent the next request by now.
            NeedsLingeringClose |= _context.EndsInOrder;
            NeedsLingeringClose |= !keep && !_output.IsBroken && (mayKeepAlive || !_input.IsEmpty || !_context.RequestBody.IsComplete);
        }
    }

    /// <summary>Finds the virtual server of a request and pins it: whoever gets it calls <see cref="VirtualServerLifetime.Exit"/>.</summary>
    /// <returns><see langword="null"/> where there is none for the endpoint any more, or the whole server ends.</returns>
    private static VirtualServer? Enter(Http1Connection owner, string host, out ConnectionRoute route)
    {
        route = owner.GetRoute();
        while (route.Servers is { } servers)
        {
            var virtualServer = servers.Find(host);
            if (virtualServer.Lifetime.TryEnter())
            {
                return virtualServer;
            }

            // It was retired this moment: another generation is in place, or none will be.
            var before = route.Generation;
            route = owner.GetRoute();
            if (ReferenceEquals(route.Generation, before))
            {
                return null;
            }
        }

        return null;
    }

    /// <summary>
    /// Whether the client's connection is secured, by what a trusted proxy says or else by the connection itself. RFC 9110
    /// section 7.4: https on one that is not was sent to the wrong place.
    /// </summary>
    private bool IsSecured(Http1Connection owner)
    {
        var connection = owner.Connection;
        var forwarded = owner.GetRoute().Forwarding?.Read(_context.Request.Headers, connection.RemoteEndPoint, _server.Hosts).Scheme;
        return (forwarded ?? connection.Scheme) == "https";
    }

    private HostName? ParseHost(Http1RequestHead head, RequestTarget target)
    {
        // RFC 9112 section 3.2.2: the authority of the target overrides the Host field, which must be right all the same.
        var host = HostName.None;
        if (head.HostLine >= 0)
        {
            var line = head.Lines[head.HostLine];
            host = _server.Hosts.Parse(_input.Head.Slice(line.ValueStart, line.ValueLength));
        }

        return target.Authority is null || host is null
            ? host
            : _server.Hosts.Parse(System.Text.Encoding.ASCII.GetBytes(target.Authority));
    }

    /// <summary>Takes the request away from the middleware and completes the answer.</summary>
    /// <returns>Whether that was possible; the connection is given up where one of them is still reading or writing.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> TryCompleteAsync()
    {
        var response = _context.Response;
        if ((response.HasCallbacks || response.HasWrongLength) && _context.IsQuiet)
        {
            // While the middleware are still let in, whose callbacks they are, and those of an error page are.
            await response.RunStartingAsync().ConfigureAwait(false);
            response.ThrowIfLengthIsWrong();
        }

        if (!_context.ShutOut())
        {
            // A middleware returned with a read or write under way: its buffer and the connection are out of step.
            Log.OperationLeftBehind(_server.Logger, _context.TraceId);
            _context.Abort();
            return false;
        }

        if (!response.IsUpgraded)
        {
            await response.CompleteAsync().ConfigureAwait(false);
        }

        return true;
    }

    /// <summary>Completes the answer and makes way for the next request.</summary>
    private async ValueTask<bool> FinishAsync(Http1Connection owner)
    {
        var response = _context.Response;
        if (_output.IsBroken || (owner.Aborted.IsCancellationRequested && !response.HasStarted))
        {
            return false;
        }

        for (var failures = 0; ; failures++)
        {
            try
            {
                if (!await TryCompleteAsync().ConfigureAwait(false))
                {
                    return false;
                }

                break;
            }
            catch (Exception exception) when (!_output.IsBroken)
            {
                if (response.HasStarted || failures == MaxFailures)
                {
                    Log.ResponseCut(_server.Logger, _context.TraceId, _context.Connection.RemoteAddress, _context.Request.Method, _context.Request.Path, exception);
                    _context.Abort();
                    return false;
                }

                await _context.VirtualServer.FailAsync(_context, exception, owner.Aborted).ConfigureAwait(false);
                if (_output.IsBroken)
                {
                    return false;
                }
            }
        }

        if (response.IsUpgraded)
        {
            // The last of the other protocol must arrive, like the last of an answer.
            NeedsLingeringClose = true;
            return false;
        }

        if (response.ClosesConnection)
        {
            await _output.FinishAsync().ConfigureAwait(false);
            return false;
        }

        if (!_context.RequestBody.IsComplete)
        {
            await _output.FlushAsync().ConfigureAwait(false);
        }

        return await _context.RequestBody.DrainAsync(Limits.MaxDrainSize).ConfigureAwait(false);
    }

    /// <summary>Answers a request that never reached a pipeline, and gives up the connection.</summary>
    private async ValueTask<bool> RejectAsync(Http1Connection owner, RequestRejection rejection)
    {
        var connection = owner.Connection;
        var status = rejection.GetStatusCode();
        _server.Meter?.Rejected(rejection, status);
        Log.RequestRejected(_server.Logger, connection.Id, connection.RemoteEndPoint, status, rejection.GetReason());
        var page = ErrorPage.Render(status, "text/html", null);
        _output.Write(StatusLines.Get(status));
        _output.Write(_server.Date.GetLine(connection.Loop.Milliseconds));
        _output.Write(System.Text.Encoding.ASCII.GetBytes(
            $"Server: webserv\r\nContent-Type: {page.ContentType}\r\nContent-Length: {page.Body.Length}\r\nConnection: close\r\n\r\n"));
        var hasBody = _parser.Head.Method != HttpMethods.Head;
        if (hasBody)
        {
            _output.Write(page.Body);
        }

        var bytes = _input.Head.IsEmpty ? _input.Unread : _input.Head;
        Http1AccessLog.WriteRefused(owner, _parser.Head, bytes, status, hasBody ? page.Body.Length : 0);
        NeedsLingeringClose = true;
        await _output.FinishAsync().ConfigureAwait(false);
        return false;
    }
}
