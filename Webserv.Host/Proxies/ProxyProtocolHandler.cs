using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Webserv.Host.Transport;

namespace Webserv.Host.Proxies;

/// <summary>
/// Stands between the listeners and the server. On endpoints where the PROXY protocol is spoken it takes the header off a
/// connection first, and closes what does not begin with one or comes from elsewhere than the proxies; everything else it
/// hands on as it is.
/// </summary>
/// <param name="next">Gets the connections.</param>
/// <param name="maxWaiting">Most connections whose header has not come yet.</param>
/// <param name="time">The clock of what is logged once a minute.</param>
/// <param name="logger">Where it logs.</param>
internal sealed class ProxyProtocolHandler(IConnectionHandler next, int maxWaiting, TimeProvider time, ILogger logger) : IConnectionHandler
{
    private const int BufferSize = 1024;

    private readonly OncePerMinute _strangers = new(time);
    private readonly OncePerMinute _crowds = new(time);
    private readonly InFlight _waiting = new();
    private volatile ProxyProtocolOptions? _options;

    /// <summary>What holds for the connections that come from now on; <see langword="null"/> where no endpoint speaks it.</summary>
    public ProxyProtocolOptions? Options
    {
        get => _options;
        set => _options = value;
    }

    /// <inheritdoc />
    public void OnConnection(IConnection connection)
    {
        if (_options is { } options && options.Endpoints.Contains(connection.Listener.Endpoint))
        {
            _ = AcceptAsync(connection, options);
        }
        else
        {
            next.OnConnection(connection);
        }
    }

    /// <inheritdoc />
    public void MakeRoom(long now) => next.MakeRoom(now);

    /// <summary>Waits until every connection that has come was handed on or closed.</summary>
    /// <param name="timeout">How long to wait.</param>
    /// <returns>Whether it came to that.</returns>
    public Task<bool> WaitForHeadersAsync(TimeSpan timeout) => _waiting.WaitForNoneAsync(timeout, time);

    [SuppressMessage("Design", "CA1031", Justification = "The last line of defence: one connection's failure is that connection's.")]
    private async Task AcceptAsync(IConnection connection, ProxyProtocolOptions options)
    {
        var waiting = _waiting.Begin();
        try
        {
            if (Admits(connection, options)
                && await ReadHeaderAsync(connection, options.HeaderTimeout, waiting).ConfigureAwait(false) is { } accepted)
            {
                next.OnConnection(accepted);
                return;
            }
        }
        catch (Exception exception)
        {
            Log.ProxyHeaderFailed(logger, connection.Id, exception);
        }
        finally
        {
            // Not before it was handed on: what is neither here nor there would be lost to a stop.
            _waiting.End();
        }

        // Whoever it is, it does not speak what is spoken here: there is nothing to say to it.
        await connection.DisposeAsync().ConfigureAwait(false);
    }

    private bool Admits(IConnection connection, ProxyProtocolOptions options)
    {
        if (options.Networks.Contains(connection.RemoteEndPoint?.Address))
        {
            return true;
        }

        if (_strangers.IsDue(out var count))
        {
            Log.ProxySourceRefused(logger, connection.Listener.Endpoint, count, connection.RemoteEndPoint);
        }

        return false;
    }

    /// <returns>The connection as the client's; <see langword="null"/> where no header came.</returns>
    private async ValueTask<ProxiedConnection?> ReadHeaderAsync(IConnection connection, TimeSpan timeout, int waiting)
    {
        var proxied = new ProxiedConnection(connection);
        byte[]? buffer = null;
        try
        {
            if (waiting > maxWaiting)
            {
                if (_crowds.IsDue(out var crowd))
                {
                    Log.TooManyProxyHeaders(logger, connection.Listener.Endpoint, maxWaiting, crowd);
                }

                return null;
            }

            connection.ReceiveDeadline = connection.Loop.Milliseconds + (long)timeout.TotalMilliseconds;
            ProxyHeader? header = null;
            string? problem = null;
            var count = 0;
            var needed = 1;
            while (needed > 0)
            {
                // Silence holds no buffer.
                var target = count == 0 && buffer is null ? Memory<byte>.Empty : (buffer = WithRoom(buffer, count, needed)).AsMemory(count);
                var result = await connection.ReceiveAsync(target).ConfigureAwait(false);
                if (result.Status != ReceiveStatus.Received)
                {
                    Log.ProxyHeaderMissing(logger, connection.Id, connection.RemoteEndPoint, result.Status, count);
                    return null;
                }

                if (target.IsEmpty)
                {
                    buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
                    continue;
                }

                count += result.Count;
                needed = ProxyHeaderParser.Parse(buffer.AsSpan(0, count), out header, out problem);
            }

            if (header is null)
            {
                Log.ProxyHeaderMalformed(logger, connection.Id, connection.RemoteEndPoint, problem!);
                return null;
            }

            proxied.Begin(header, buffer.AsSpan(header.Length, count - header.Length).ToArray());
            return proxied;
        }
        finally
        {
            if (buffer is not null)
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    private static byte[] WithRoom(byte[]? buffer, int count, int needed)
    {
        if (buffer is not null && buffer.Length >= needed)
        {
            return buffer;
        }

        // A header of version 2 says how long it is, up to a limit; it is the only reason for more room.
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, BufferSize));
        if (buffer is not null)
        {
            buffer.AsSpan(0, count).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return larger;
    }
}
