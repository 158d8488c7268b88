using System.Threading.Tasks.Sources;

namespace Webserv.Plugins.FastCgi.Backends;

/// <summary>A request that waits for a backend.</summary>
internal sealed class Waiter : IValueTaskSource<Backend>
{
    private ManualResetValueTaskSourceCore<Backend> _core;

    public Waiter() => Node = new LinkedListNode<Waiter>(this);

    /// <summary>Its place in the queue.</summary>
    public LinkedListNode<Waiter> Node { get; }

    /// <summary>The thread that its request is on, which is that of its client's event loop.</summary>
    public int ThreadId { get; } = Environment.CurrentManagedThreadId;

    /// <summary>Since when it waits, in the clock's timestamps.</summary>
    public long Since { get; init; }

    /// <summary>Until when it waits, in the clock's timestamps.</summary>
    public long Deadline { get; init; }

    /// <summary>What it waits for.</summary>
    public ValueTask<Backend> Task => new(this, _core.Version);

    /// <summary>It gets one.</summary>
    /// <param name="backend">Which.</param>
    /// <param name="inline">Whether it goes on at once, on this thread.</param>
    public void Complete(Backend backend, bool inline)
    {
        _core.RunContinuationsAsynchronously = !inline;
        _core.SetResult(backend);
    }

    /// <summary>It gets none.</summary>
    public void Fail(Exception exception)
    {
        _core.RunContinuationsAsynchronously = true;
        _core.SetException(exception);
    }

    public Backend GetResult(short token) => _core.GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
