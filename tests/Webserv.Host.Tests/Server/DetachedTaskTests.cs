using Webserv.Host.Server;

namespace Webserv.Host.Tests.Server;

public sealed class DetachedTaskTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly AsyncLocal<object?> _ofPlugin = new();

    [Fact]
    public async Task Start_WorkBlocks_TheCallerGoesOn()
    {
        using var release = new ManualResetEventSlim();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        DetachedTask.Start(() =>
        {
            if (release.Wait(Patience))
            {
                done.SetResult();
            }

            return Task.CompletedTask;
        });
        release.Set();
        await done.Task.WaitAsync(TimeSpan.FromSeconds(1) + Patience, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Start_CallerHasAnExecutionContext_IsNotTakenAlong()
    {
        _ofPlugin.Value = new object();
        var seen = new TaskCompletionSource<object?>(TaskCreationOptions.RunContinuationsAsynchronously);
        DetachedTask.Start(() =>
        {
            seen.SetResult(_ofPlugin.Value);
            return Task.CompletedTask;
        });
        Assert.Null(await seen.Task.WaitAsync(Patience, TestContext.Current.CancellationToken));
    }
}
