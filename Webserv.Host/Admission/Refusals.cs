using System.Buffers;
using Microsoft.Extensions.Logging;
using Webserv.Host.Configuration;
using Webserv.Host.Transport;

namespace Webserv.Host.Admission;

/// <summary>Turns away connections that there is no place for: 503 while few are turned away at once, a plain close beyond that.</summary>
internal sealed class Refusals(LimitsOptions limits, ILogger logger)
{
    private const int MaxAnswering = 64;
    private const int AnswerMilliseconds = 1_000;
    private const int LogMilliseconds = 10_000;

    private static readonly byte[] Busy =
        [.. "HTTP/1.1 503 Service Unavailable\r\nServer: webserv\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8];

    private static readonly SendLimits Brief = new(AnswerMilliseconds, null);

    private readonly PeriodicCount _serverFull = new(LogMilliseconds);
    private readonly PeriodicCount _listenerFull = new(LogMilliseconds);
    private readonly PeriodicCount _clientFull = new(LogMilliseconds);
    private readonly PeriodicCount _recycled = new(LogMilliseconds);
    private readonly InFlight _answering = new();

    /// <summary>Refuses a connection and closes it.</summary>
    public Task RefuseAsync(IConnection connection, AdmissionOutcome outcome)
    {
        Tell(connection, outcome);
        return AnswerAsync(connection);
    }

    /// <summary>Lets the answers that are on their way get there, for as long as one of them may take.</summary>
    /// <param name="timeout">How long to wait at most.</param>
    /// <param name="time">The clock.</param>
    public Task FinishAsync(TimeSpan timeout, TimeProvider time)
    {
        var patience = TimeSpan.FromMilliseconds(AnswerMilliseconds);
        return _answering.WaitForNoneAsync(timeout < patience ? timeout : patience, time);
    }

    /// <summary>Tells that an idle connection gave way to a new one.</summary>
    public void Recycled(long now)
    {
        if (_recycled.Add(now) is > 0 and var count)
        {
            Log.ConnectionsRecycled(logger, count);
        }
    }

    /// <summary>Tells of what was counted and not logged, once its time has come.</summary>
    public void TellRest(long now)
    {
        TellServerFull(_serverFull.TakeRest(now));
        TellListenerFull(_listenerFull.TakeRest(now), null);
        TellClientFull(_clientFull.TakeRest(now), null);
        if (_recycled.TakeRest(now) is > 0 and var count)
        {
            Log.ConnectionsRecycled(logger, count);
        }
    }

    private void Tell(IConnection connection, AdmissionOutcome outcome)
    {
        var now = connection.Loop.Milliseconds;
        switch (outcome)
        {
            case AdmissionOutcome.ServerFull:
                TellServerFull(_serverFull.Add(now));
                break;
            case AdmissionOutcome.ListenerFull:
                TellListenerFull(_listenerFull.Add(now), connection);
                break;
            case AdmissionOutcome.ClientFull:
                TellClientFull(_clientFull.Add(now), connection);
                break;
        }
    }

    private void TellServerFull(long count)
    {
        if (count > 0)
        {
            Log.ServerFull(logger, count, limits.MaxConnections);
        }
    }

    private void TellListenerFull(long count, IConnection? last)
    {
        if (count > 0)
        {
            Log.ListenerFull(logger, count, limits.MaxConnectionsPerListener, last?.Listener.ToString() ?? "several");
        }
    }

    private void TellClientFull(long count, IConnection? last)
    {
        if (count > 0)
        {
            Log.ClientFull(logger, count, limits.MaxConnectionsPerClient, last?.RemoteEndPoint?.Address.ToString() ?? "several");
        }
    }

    private async Task AnswerAsync(IConnection connection)
    {
        var answering = _answering.Begin();
        try
        {
            if (answering <= MaxAnswering)
            {
                connection.SendLimits = Brief;
                await connection.SendAsync(Busy).ConfigureAwait(false);
                await TakeRequestAsync(connection).ConfigureAwait(false);
            }
        }
        catch (IOException exception)
        {
            Log.ConnectionBroken(logger, connection.Id, exception.Message);
        }
        finally
        {
            try
            {
                await connection.DisposeAsync().ConfigureAwait(false);
            }
            finally
            {
                _answering.End();
            }
        }
    }

    /// <summary>A close with unread bytes would be a reset, which may take the answer with it (RFC 9112 section 9.6).</summary>
    private static async Task TakeRequestAsync(IConnection connection)
    {
        connection.ShutdownSend();
        var end = connection.ReceiveDeadline = connection.Loop.Milliseconds + AnswerMilliseconds;
        var scratch = ArrayPool<byte>.Shared.Rent(4096);
        try
        {
            while ((await connection.ReceiveAsync(scratch).ConfigureAwait(false)).Status == ReceiveStatus.Received
                && connection.Loop.Milliseconds < end)
            {
                // What is asked does not matter.
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(scratch);
        }
    }
}
