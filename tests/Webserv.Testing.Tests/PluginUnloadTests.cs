using Webserv.Abstractions.Pipeline;
using Webserv.Testing.Http;
using Webserv.Testing.Plugins;

namespace Webserv.Testing.Tests;

public sealed class PluginUnloadTests
{
    private static readonly string File = Path.Combine(AppContext.BaseDirectory, "TestPlugins", "Leaky", "Leaky.dll");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AssertUnloadsAsync_PluginThatLetsGo_Passes()
    {
        string? answer = null;
        await PluginUnload.AssertUnloadsAsync(File, async host => answer = await WorkAsync(host, "Nothing"), Cancellation);
        Assert.Equal("done", answer);
    }

    [Theory]
    [InlineData("Event", "held by System.AppDomain.s_domain.ProcessExit.")]
    [InlineData("Timer", "held by System.Threading.TimerQueue.")]
    [InlineData("Serializer", "held by System.Text.Json.JsonSerializerOptions.")]
    [InlineData("Meter", "held by System.Diagnostics.Metrics.Meter.")]
    [InlineData("Thread", "look for a thread or a task of its own")]
    public async Task AssertUnloadsAsync_SomethingLeftBehind_IsNamed(string leak, string expected)
    {
        var exception = await Assert.ThrowsAsync<PluginStaysException>(
            () => PluginUnload.AssertUnloadsAsync(File, host => WorkAsync(host, leak), Cancellation));
        Assert.True(exception.Message.Contains(expected, StringComparison.Ordinal), exception.Message);
    }

    [Fact]
    public async Task AssertUnloadsAsync_KeptByTheTest_SaysWhatIsAlive()
    {
        IMiddleware? kept = null;
        var exception = await Assert.ThrowsAsync<PluginStaysException>(
            () => PluginUnload.AssertUnloadsAsync(File, async host => kept = await host.UseAsync("Leaky", cancellation: Cancellation), Cancellation));
        Assert.Contains("still alive: the middleware Webserv.TestPlugins.Leaky.LeakyMiddleware", exception.Message, StringComparison.Ordinal);
        GC.KeepAlive(kept);
    }

    [Fact]
    public async Task AssertUnloadsAsync_WorkThatFails_Throws()
    {
        await Assert.ThrowsAsync<NotSupportedException>(
            () => PluginUnload.AssertUnloadsAsync(File, _ => throw new NotSupportedException(), Cancellation));
        var exception = await Assert.ThrowsAsync<ArgumentException>(
            () => PluginUnload.AssertUnloadsAsync(typeof(PluginUnload).Assembly.Location, _ => Task.CompletedTask, Cancellation));
        Assert.Contains("is no plugin", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UseAsync_OptionByName_ThatIsNotThere_IsRefused() =>
        await PluginUnload.AssertUnloadsAsync(
            File,
            async host =>
            {
                await Assert.ThrowsAsync<ArgumentException>(() => host.UseAsync("Leaky", new Dictionary<string, object?> { ["Leek"] = 1 }, cancellation: Cancellation));
                await Assert.ThrowsAsync<ArgumentException>(() => host.UseAsync("Leaky", new Dictionary<string, object?> { ["Leak"] = "Bucket" }, cancellation: Cancellation));
            },
            Cancellation);

    private static async Task<string> WorkAsync(PluginHost host, string leak)
    {
        await host.UseAsync("Leaky", new Dictionary<string, object?> { ["Leak"] = leak }, cancellation: Cancellation);
        return (await host.SendAsync(TestHttpContext.Get("/"), Cancellation)).BodyText;
    }
}
