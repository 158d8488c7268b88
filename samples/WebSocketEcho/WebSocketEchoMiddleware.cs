using System.Buffers;
using System.Net.WebSockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;

namespace Webserv.Samples.WebSocketEcho;

/// <summary>Sends every message back to the WebSocket client that sent it. Requests for anything else go on to the next entry.</summary>
public sealed partial class WebSocketEchoMiddleware(IOptions<WebSocketEchoOptions> options, ILogger<WebSocketEchoMiddleware> logger) : IMiddleware
{
    private const int BufferSize = 4 << 10;

    private readonly string[]? _origins = options.Value.Origins?.ToArray();
    private readonly long _maxMessageSize = options.Value.MaxMessageSize.Bytes;
    private readonly TimeSpan _idleTimeout = options.Value.IdleTimeout;

    /// <inheritdoc/>
    public async Task InvokeAsync(IHttpContext context, RequestDelegate next, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(next);
        if (context.Request.Method != HttpMethods.Get || context.GetFeature<IUpgradeFeature>() is not { } upgrade
            || !upgrade.Protocols.Contains(Handshake.Protocol, StringComparer.OrdinalIgnoreCase))
        {
            await next(context, cancellation).ConfigureAwait(false);
            return;
        }

        context.Response.Headers["Sec-WebSocket-Accept"] = Handshake.Accept(context.Request, _origins);
        upgrade.IdleTimeout = _idleTimeout;
        var stream = await upgrade.UpgradeAsync(Handshake.Protocol, cancellation).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            using var socket = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true, KeepAliveInterval = TimeSpan.Zero });
            try
            {
                await EchoAsync(socket, upgrade.Stopping, cancellation).ConfigureAwait(false);
            }
            catch (WebSocketException exception)
            {
                // The client went away without a word, or sent what is no WebSocket; the connection ends with this task.
                LogBroken(logger, context.TraceId, exception.Message);
            }
        }
    }

    /// <summary>Pieces go back as they come: a message is never in memory as a whole.</summary>
    private async Task EchoAsync(WebSocket socket, CancellationToken stopping, CancellationToken cancellation)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = stopping.Register(static state => ((TaskCompletionSource)state!).TrySetResult(), stopped);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            var length = 0L;
            while (true)
            {
                var receiving = socket.ReceiveAsync(new ArraySegment<byte>(buffer), cancellation);
                if (socket.State == WebSocketState.Open && await Task.WhenAny(receiving, stopped.Task).ConfigureAwait(false) != receiving)
                {
                    await socket.CloseOutputAsync(WebSocketCloseStatus.EndpointUnavailable, "the server stops", cancellation).ConfigureAwait(false);
                }

                var received = await receiving.ConfigureAwait(false);
                if (received.MessageType == WebSocketMessageType.Close)
                {
                    // Said last by whoever did not say it first.
                    if (socket.State == WebSocketState.CloseReceived)
                    {
                        await socket.CloseOutputAsync(received.CloseStatus ?? WebSocketCloseStatus.NormalClosure, null, cancellation).ConfigureAwait(false);
                    }

                    return;
                }

                length += received.Count;
                if (socket.State != WebSocketState.Open)
                {
                    continue; // Goodbye was said: what still comes is thrown away.
                }

                if (length > _maxMessageSize)
                {
                    await socket.CloseOutputAsync(WebSocketCloseStatus.MessageTooBig, $"more than {_maxMessageSize} bytes", cancellation).ConfigureAwait(false);
                    continue;
                }

                await socket.SendAsync(new ArraySegment<byte>(buffer, 0, received.Count), received.MessageType, received.EndOfMessage, cancellation).ConfigureAwait(false);
                length = received.EndOfMessage ? 0 : length;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    [LoggerMessage(1, LogLevel.Debug, "{TraceId}: the WebSocket broke: {Reason}")]
    private static partial void LogBroken(ILogger logger, string traceId, string reason);
}
