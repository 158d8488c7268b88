namespace Webserv.Host.Transport.Epoll;

/// <summary>A send that has to wait for room. Most connections never have one, so it is made when the first one comes.</summary>
internal sealed class PendingSend(EpollLoop loop) : LoopOperation<bool>(loop)
{
    private EpollSend _what;

    /// <summary>What is left to send; changed in place.</summary>
    public ref EpollSend What => ref _what;

    /// <summary>When the connection is given up because nothing went out.</summary>
    public long Deadline { get; set; } = long.MaxValue;
}
