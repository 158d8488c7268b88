namespace Webserv.Host.Transport;

/// <summary>
/// What connections run on: a thread with an epoll instance, or the thread pool where the platform has no event loop of
/// ours.
/// </summary>
internal interface IEventLoop
{
    /// <summary>
    /// A clock that only goes forward, in milliseconds, read once per turn of the loop; exact to a few milliseconds.
    /// </summary>
    long Milliseconds { get; }

    /// <summary>Whether the calling thread is this loop's. Always <see langword="false"/> where connections run on the thread pool.</summary>
    bool IsCurrent { get; }

    /// <summary>Which of the transport's loops it is, from 0; <see langword="null"/> where connections run on the thread pool.</summary>
    int? Index => null;

    /// <summary>
    /// Continues on the loop: <c>await loop.SwitchTo()</c>. Completes at once where the caller is on it already or where
    /// connections run on the thread pool.
    /// </summary>
    ValueTask SwitchTo();
}
