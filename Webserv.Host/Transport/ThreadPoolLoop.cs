namespace Webserv.Host.Transport;

/// <summary>The loop of connections that run on the thread pool: a clock.</summary>
internal sealed class ThreadPoolLoop(TimeProvider time) : IEventLoop
{
    private readonly long _start = time.GetTimestamp();

    public long Milliseconds => (long)time.GetElapsedTime(_start).TotalMilliseconds;

    public bool IsCurrent => false;

    public ValueTask SwitchTo() => ValueTask.CompletedTask;
}
