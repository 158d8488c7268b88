namespace Webserv.Host.Transport.Epoll;

/// <summary>Something that a <see cref="TimerWheel"/> can come back to; its place in the wheel is part of it.</summary>
internal abstract class TimerEntry
{
    private long _filedFor = long.MaxValue;

    /// <summary>
    /// The time it is filed for, <see cref="long.MaxValue"/> while it is not. Written by the loop alone, read by anybody who
    /// has to know whether a new deadline is before it.
    /// </summary>
    internal long FiledFor
    {
        get => Volatile.Read(ref _filedFor);
        set => Volatile.Write(ref _filedFor, value);
    }

    internal TimerEntry? Next { get; set; }

    internal TimerEntry? Previous { get; set; }

    internal int Bucket { get; set; } = -1;

    /// <summary>The time has come. Not filed any more; files itself again where its deadline has moved on. On the loop.</summary>
    internal abstract void OnTimer(long now);
}
