using Webserv.Host.Transport;

namespace Webserv.Host.Tests.Transport;

/// <summary>Records what it is told.</summary>
internal sealed class RecordingObserver : IConnectionObserver
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _reset = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Ended => _ended.Task;

    public Task Reset => _reset.Task;

    // Not Try: a second call is an error, which the transport logs and the connection pays for.
    public void OnPeerEnded() => _ended.SetResult();

    public void OnReset() => _reset.SetResult();
}
