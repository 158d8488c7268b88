namespace Webserv.Abstractions.Http;

/// <summary>
/// Lets a middleware take the connection over for another protocol, for example WebSocket (RFC 9110 section 7.8). The server
/// offers it by <see cref="IHttpContext.GetFeature"/> for a request of HTTP/1.1 without a body that has <c>Upgrade</c> and
/// says so in <c>Connection</c>; for any other, and where nobody takes it, the field is ignored.
/// </summary>
public interface IUpgradeFeature
{
    /// <summary>The protocols that the client offers, as it spelled them, in its order: <c>websocket</c>, <c>IRC/6.9</c>. At least one.</summary>
    IReadOnlyList<string> Protocols { get; }

    /// <summary>Whether <see cref="UpgradeAsync"/> was called.</summary>
    bool IsUpgraded { get; }

    /// <summary>
    /// How long a read may wait for a byte from now on, or from the end of the last write where one ends meanwhile;
    /// <see cref="Timeout.InfiniteTimeSpan"/> for as long as it takes. <c>Limits.UpgradedIdleTimeout</c> where it is not set. A read
    /// that waited in vain throws <see cref="HttpException"/> (408): let it pass, and the connection is reset. May be set before and
    /// after the upgrade; a read that is under way keeps what it began with.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Neither positive nor infinite.</exception>
    TimeSpan IdleTimeout { get; set; }

    /// <summary>
    /// Answers 101 (Switching Protocols) with the fields that were set on the response, <c>Upgrade</c> and <c>Connection:
    /// upgrade</c>, and hands over the connection: the stream yields what the client sends, beginning with what had come in
    /// already, and takes what goes to it. One read and one write may be under way at a time, from any thread. A write ends
    /// when the system has taken its bytes, so that a client that does not read holds the writer up; one that takes nothing
    /// for <c>Limits.ResponseWriteTimeout</c> is cut off with <see cref="IOException"/>.
    /// </summary>
    /// <remarks>
    /// <para>A read ends with 0 when the client has ended its side. The stream and the connection end when the task of the
    /// middleware ends: in order if it ended in order and no operation was left under way, otherwise by a reset.</para>
    /// <para>The token of the middleware is cancelled when the client resets the connection, and when the server stops and the
    /// time for that is over; until then the server waits for the middleware. <see cref="Stopping"/> tells that it waits.</para>
    /// </remarks>
    /// <param name="protocol">One of <see cref="Protocols"/>.</param>
    /// <param name="cancellation">Cancelled when nobody waits for the answer any more.</param>
    /// <exception cref="ArgumentException">The client did not offer the protocol.</exception>
    /// <exception cref="InvalidOperationException">The response has started or the connection was upgraded already.</exception>
    /// <exception cref="IOException">The connection is broken.</exception>
    Task<Stream> UpgradeAsync(string protocol, CancellationToken cancellation);

    /// <summary>
    /// Cancelled when the server begins to stop, or a reload takes another configuration and other plugins in place of those
    /// that serve this request: say goodbye and end the task, before <c>Limits.ShutdownTimeout</c> is over.
    /// </summary>
    CancellationToken Stopping { get; }
}
