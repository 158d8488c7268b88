using System.Threading.Tasks.Sources;

namespace Webserv.Host.Transport.Epoll;

/// <summary>
/// One pending operation, used again and again. Started on the loop it completes on the loop; started elsewhere it
/// completes on the thread pool. <see cref="Start"/> and <see cref="TryClaim"/> are called under the owner's lock, which is
/// usually this object; completing happens outside, because it may run the continuation.
/// </summary>
internal class LoopOperation<T>(EpollLoop loop) : IValueTaskSource<T>, IValueTaskSource, IThreadPoolWorkItem
{
    private ManualResetValueTaskSourceCore<T> _core;
    private T? _result;
    private Exception? _error;
    private bool _onLoop;

    /// <summary>Whether it has been started and nobody has claimed its completion.</summary>
    public bool IsPending { get; private set; }

    /// <summary>Starts it; the token for the task.</summary>
    public short Start()
    {
        _onLoop = loop.IsCurrent;
        _core.Reset();
        _core.RunContinuationsAsynchronously = !_onLoop;
        IsPending = true;
        return _core.Version;
    }

    /// <summary>Whoever gets <see langword="true"/> completes it.</summary>
    public bool TryClaim()
    {
        var pending = IsPending;
        IsPending = false;
        return pending;
    }

    /// <summary>Completes it.</summary>
    public void Complete(T result)
    {
        if (_onLoop && !loop.IsCurrent)
        {
            _result = result;
            loop.Post(this);
        }
        else
        {
            _core.SetResult(result);
        }
    }

    /// <summary>Completes it with an error.</summary>
    public void Fail(Exception error)
    {
        if (_onLoop && !loop.IsCurrent)
        {
            _error = error;
            loop.Post(this);
        }
        else
        {
            _core.SetException(error);
        }
    }

    public T GetResult(short token) => _core.GetResult(token);

    void IValueTaskSource.GetResult(short token) => _core.GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    void IThreadPoolWorkItem.Execute()
    {
        var error = _error;
        var result = _result!;
        _error = null;
        _result = default;
        if (error is not null)
        {
            _core.SetException(error);
        }
        else
        {
            _core.SetResult(result);
        }
    }
}
