namespace Webserv.Host.Transport;

/// <summary>How a receive ended.</summary>
internal enum ReceiveStatus : byte
{
    /// <summary>Bytes were received or, for an empty buffer, the connection has become readable.</summary>
    Received,

    /// <summary>The peer has ended its side; no more bytes will come.</summary>
    End,

    /// <summary>The deadline passed first. The connection is as it was: it may still be sent to.</summary>
    TimedOut,

    /// <summary>The connection is broken or was aborted.</summary>
    Reset,
}
