namespace Webserv.Host.Transport.Epoll;

/// <summary>A send that has to wait for room. Most connections never have one, so it is made when the first one comes.</summary>
internal sealed class PendingSend(EpollLoop loop, SendLimits limits) : LoopOperation<bool>(loop)
{
    private EpollSend _what;

    /// <summary>What is left to send; changed in place.</summary>
    public ref EpollSend What => ref _what;

    /// <summary>Watches whether the peer takes it.</summary>
    public SendWatch Watch { get; } = new(limits);

    /// <summary>When to look at the peer.</summary>
    public long Deadline => Watch.Deadline;
}
