using System.Net;
using Microsoft.Win32.SafeHandles;

namespace Webserv.Host.Transport;

/// <summary>
/// One connected byte stream: a socket, later TLS over one, or memory. One receive and one send may be pending at a time,
/// from any thread. An operation that was started on the connection's event loop completes on it; one that was started
/// elsewhere completes on the thread pool. Disposing closes it, after which nothing else may be called but
/// <see cref="Abort"/>.
/// </summary>
internal interface IConnection : IAsyncDisposable
{
    /// <summary>Unique in the life of the process.</summary>
    long Id { get; }

    /// <summary>The listener that accepted it.</summary>
    IConnectionListener Listener { get; }

    /// <summary>The client's address; <see langword="null"/> where there is none.</summary>
    IPEndPoint? RemoteEndPoint { get; }

    /// <summary>The address at the other end of this connection: the proxy's where the peer is a client behind one.</summary>
    IPEndPoint? PeerEndPoint => RemoteEndPoint;

    /// <summary><c>http</c>, or <c>https</c> where the client speaks TLS.</summary>
    string Scheme => "http";

    /// <summary>The own address of this connection; <see langword="null"/> where there is none.</summary>
    IPEndPoint? LocalEndPoint { get; }

    /// <summary>The loop that the connection belongs to.</summary>
    IEventLoop Loop { get; }

    /// <summary>
    /// When the receive that is pending, and every later one, gives up: a value of <see cref="IEventLoop.Milliseconds"/>;
    /// <see cref="long.MaxValue"/> for never. Kept to about a quarter of a second.
    /// </summary>
    long ReceiveDeadline { get; set; }

    /// <summary>
    /// When the last receive that had to wait came to its end, a value of <see cref="IEventLoop.Milliseconds"/>: whoever awaits
    /// it may get to run later, and the peer is not to pay for that.
    /// </summary>
    long ReceivedAt { get; }

    /// <summary>
    /// How long a send may stay without the peer taking a single byte, and how slowly it may take them, before the connection
    /// is aborted and the send fails. Only the time that a send waits for the peer counts.
    /// </summary>
    SendLimits SendLimits { get; set; }

    /// <summary>How many bytes of the send that failed did not go out; 0 where none has failed or the platform does not tell.</summary>
    long Unsent => 0;

    /// <summary>
    /// Whether the peer's system has not confirmed all that was sent before the latest bytes, so that an abort would take it from the peer.
    /// </summary>
    /// <param name="latest">The number of those latest bytes.</param>
    /// <returns><see langword="false"/> also where the platform does not tell.</returns>
    bool HoldsMoreThan(long latest) => false;

    /// <summary>Is told when the peer goes away. Set before the first receive; calls come from any thread.</summary>
    IConnectionObserver? Observer { get; set; }

    /// <summary>Receives what is there, at least a byte, or waits until the connection is readable where the buffer is empty.</summary>
    ValueTask<ReceiveResult> ReceiveAsync(Memory<byte> buffer);

    /// <summary>Sends all of the bytes, in one segment run where they fit.</summary>
    /// <param name="data">Not touched after the returned task ends.</param>
    /// <param name="more">Whether more follows at once, so that a short segment may be held back (<c>MSG_MORE</c>).</param>
    /// <exception cref="IOException">The connection is broken, or the send timed out.</exception>
    ValueTask SendAsync(ReadOnlyMemory<byte> data, bool more = false);

    /// <summary>Sends two pieces with one system call where they fit.</summary>
    /// <exception cref="IOException">The connection is broken, or the send timed out.</exception>
    ValueTask SendAsync(ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> body);

    /// <summary>Sends a piece from memory and then part of a file, without copying it through the process where the platform can.</summary>
    /// <param name="head">What goes first; may be empty.</param>
    /// <param name="file">Kept open by the caller until the returned task ends.</param>
    /// <param name="offset">The first byte of the file to send.</param>
    /// <param name="count">How many bytes to send.</param>
    /// <exception cref="EndOfStreamException">The file ended early; the connection is out of step and must be aborted.</exception>
    /// <exception cref="IOException">The connection is broken, or the send timed out.</exception>
    ValueTask SendFileAsync(ReadOnlyMemory<byte> head, SafeFileHandle file, long offset, long count);

    /// <summary>Ends the own side in order (FIN); what the peer sends can still be received.</summary>
    void ShutdownSend();

    /// <summary>
    /// Breaks the connection at once (RST, so that the peer does not take a cut answer for a whole one). Pending and later
    /// operations end: receives with <see cref="ReceiveStatus.Reset"/>, sends with <see cref="IOException"/>. May be called
    /// from any thread, at any time, more than once.
    /// </summary>
    void Abort();
}
