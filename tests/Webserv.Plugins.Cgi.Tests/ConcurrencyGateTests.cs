using Microsoft.Extensions.Time.Testing;
using Webserv.Abstractions.Http;
using Webserv.Gateway;

namespace Webserv.Plugins.Cgi.Tests;

public sealed class ConcurrencyGateTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Enter_Full_WaitsForAPlace()
    {
        using var gate = Gate(places: 1, queue: 1);
        await gate.EnterAsync(TestContext.Current.CancellationToken);
        var second = gate.EnterAsync(TestContext.Current.CancellationToken).AsTask();
        Assert.False(second.IsCompleted);
        gate.Leave();
        await second;
    }

    [Fact]
    public async Task Enter_QueueFull_Throws503WithRetryAfter()
    {
        using var gate = Gate(places: 1, queue: 1);
        await gate.EnterAsync(TestContext.Current.CancellationToken);
        var second = gate.EnterAsync(TestContext.Current.CancellationToken).AsTask();
        var exception = await Assert.ThrowsAsync<HttpException>(() => gate.EnterAsync(TestContext.Current.CancellationToken).AsTask());
        Assert.Equal((503, "10"), (exception.StatusCode, exception.Headers["Retry-After"].ToString()));
        gate.Leave();
        await second;
    }

    [Fact]
    public async Task Enter_WaitsTooLong_Throws503AndLeavesTheQueue()
    {
        using var gate = Gate(places: 1, queue: 1);
        await gate.EnterAsync(TestContext.Current.CancellationToken);
        for (var round = 0; round < 2; round++)
        {
            var waiting = gate.EnterAsync(TestContext.Current.CancellationToken).AsTask();
            Assert.False(waiting.IsCompleted);
            _time.Advance(TimeSpan.FromSeconds(10));
            Assert.Equal(503, (await Assert.ThrowsAsync<HttpException>(() => waiting)).StatusCode);
        }
    }

    [Fact]
    public async Task Enter_ClientLeaves_IsCancelled()
    {
        using var gate = Gate(places: 1, queue: 1);
        await gate.EnterAsync(TestContext.Current.CancellationToken);
        using var client = new CancellationTokenSource();
        var waiting = gate.EnterAsync(client.Token).AsTask();
        await client.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    private ConcurrencyGate Gate(int places, int queue) => new(places, queue, TimeSpan.FromSeconds(10), _time);
}
