using System.Threading.Tasks.Sources;

namespace Webserv.Host.Transport.Epoll;

/// <summary>
/// The awaitable of <see cref="IEventLoop.SwitchTo"/>. It is posted when the continuation is known, so that it can only
/// ever continue on the loop.
/// </summary>
internal sealed class LoopSwitch(EpollLoop loop) : IValueTaskSource, IThreadPoolWorkItem
{
    private Action<object?>? _continuation;
    private object? _state;
    private ExecutionContext? _context;
    private short _version;
    private bool _done;

    public ValueTask Task => new(this, _version);

    public ValueTaskSourceStatus GetStatus(short token) =>
        Volatile.Read(ref _done) ? ValueTaskSourceStatus.Succeeded : ValueTaskSourceStatus.Pending;

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        _continuation = continuation;
        _state = state;
        _context = (flags & ValueTaskSourceOnCompletedFlags.FlowExecutionContext) != 0 ? ExecutionContext.Capture() : null;
        loop.Post(this);
    }

    public void GetResult(short token)
    {
        if (token != _version || !_done)
        {
            throw new InvalidOperationException("The switch to the loop is awaited once and not read before it happened.");
        }

        _version++;
        _done = false;
        loop.Return(this);
    }

    void IThreadPoolWorkItem.Execute()
    {
        var continuation = _continuation!;
        var state = _state;
        var context = _context;
        _continuation = null;
        _state = null;
        _context = null;
        Volatile.Write(ref _done, true);
        if (context is null)
        {
            continuation(state);
        }
        else
        {
            ExecutionContext.Run(context, _ => continuation(state), null);
        }
    }
}
