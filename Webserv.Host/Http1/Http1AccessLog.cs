using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text;
using Webserv.Host.Logging;
using Webserv.Host.Transport;

namespace Webserv.Host.Http1;

/// <summary>What the access log is told when a request is over.</summary>
internal static class Http1AccessLog
{
    /// <summary>The status of a request whose connection ended before an answer had begun: nginx's number for it; no client ever sees it.</summary>
    public const int EndedBeforeAnswer = 499;

    private const int MaxAddress = 64;

    /// <summary>The client as lines have it; peers on unix-domain sockets have no address.</summary>
    public static byte[] FormatClient(IPAddress? client) => Encoding.ASCII.GetBytes(client?.ToString() ?? "unix:");

    /// <summary>Logs a request that a virtual server has answered, or could not answer to its end.</summary>
    /// <param name="log">The virtual server's log.</param>
    /// <param name="owner">The connection.</param>
    /// <param name="context">The request, which nobody else is inside any more.</param>
    /// <param name="head">What the parser found.</param>
    [SuppressMessage("Design", "CA1031", Justification = "Whose name it is is a plugin's business; a line without it is better than none.")]
    public static void WriteServed(AccessLog log, Http1Connection owner, Http1Context context, Http1RequestHead head)
    {
        var response = context.Response;
        var isAborted = context.Output.IsBroken || !response.IsComplete;
        string? user = null;
        try
        {
            user = context.User?.Name;
        }
        catch (Exception exception)
        {
            Log.UserNameFailed(context.Server.Logger, context.TraceId, exception);
        }

        Span<byte> forwarded = stackalloc byte[MaxAddress];
        log.Write(new AccessLogEntry
        {
            Bytes = context.Input.Head,
            Head = head,
            ConnectionId = owner.Connection.Id,
            Lane = LaneOf(owner.Connection),
            RequestNumber = context.RequestNumber,
            Client = context.Origin?.Address is { } address && address.TryFormat(forwarded, out var length) ? forwarded[..length] : owner.ClientText,
            User = user,
            Status = response.HasStarted ? response.StatusCode : EndedBeforeAnswer,
            BodyBytes = isAborted ? Math.Max(0, response.BodyBytes - owner.Connection.Unsent) : response.BodyBytes,
            IsAborted = isAborted,
            Duration = log.HasDuration ? context.Server.TimeProvider.GetElapsedTime(context.StartedAt) : null,
            Milliseconds = owner.Connection.Loop.Milliseconds,
        });
    }

    /// <summary>Logs a request that was refused before a virtual server was found for it: in the log of the endpoint's default one.</summary>
    /// <param name="owner">The connection.</param>
    /// <param name="head">What the parser found so far.</param>
    /// <param name="bytes">What came of it.</param>
    /// <param name="status">The status of the answer; <see langword="null"/> where the client left before there was one.</param>
    /// <param name="bodyBytes">The bytes of its body.</param>
    public static void WriteRefused(
        Http1Connection owner, Http1RequestHead head, ReadOnlySpan<byte> bytes, int? status, int bodyBytes)
    {
        if (owner.GetRoute().Servers?.Default is not { AccessLog: { } log } virtualServer || !virtualServer.Lifetime.TryEnter())
        {
            return;
        }

        try
        {
            log.Write(new AccessLogEntry
            {
                Bytes = bytes,
                Head = head,
                ConnectionId = owner.Connection.Id,
                Lane = LaneOf(owner.Connection),
                Client = owner.ClientText,
                Status = status ?? EndedBeforeAnswer,
                BodyBytes = bodyBytes,
                IsAborted = status is null,
                Milliseconds = owner.Connection.Loop.Milliseconds,
            });
        }
        finally
        {
            virtualServer.Lifetime.Exit();
        }
    }

    private static int LaneOf(IConnection connection) => connection.Loop.Index ?? (int)connection.Id;
}
