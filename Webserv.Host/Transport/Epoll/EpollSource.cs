namespace Webserv.Host.Transport.Epoll;

/// <summary>Something registered with a loop: a connection, a listening socket, a pipe.</summary>
internal abstract class EpollSource : TimerEntry
{
    /// <summary>
    /// The slot (low half) and generation (high half) that its events carry; 0 while not registered. An event of a
    /// generation that has gone is dropped.
    /// </summary>
    internal ulong Key { get; set; }

    /// <summary>The descriptor is ready. On the loop.</summary>
    internal abstract void OnEvents(uint events);

    /// <summary>Reads what <see cref="OnEvents"/> is about to read, and nothing else. On the loop.</summary>
    /// <returns>Anything that depends on what was read.</returns>
    internal virtual int LookAhead() => 0;

    /// <summary>The loop ends: gives up the descriptor. On the loop.</summary>
    internal abstract void Stop();

    /// <summary>Handling an event, a timer or posted work has thrown. Gives up the descriptor where nothing better can be done. On the loop.</summary>
    internal virtual void OnFailure() => Stop();
}
