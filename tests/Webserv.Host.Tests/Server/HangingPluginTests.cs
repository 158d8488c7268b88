using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Webserv.Host.Configuration;
using Webserv.Host.Files;
using Webserv.Host.Server;
using Webserv.Host.Tests.Plugins;
using Webserv.Host.Transport;

namespace Webserv.Host.Tests.Server;

/// <summary>A whole server with plugins whose constructors and clean-up never end: neither reloads nor the stop wait for that.</summary>
public sealed class HangingPluginTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly PluginSandbox _sandbox = new();
    private readonly FakeTimeProvider _time = new();
    private readonly ListenEndpoint _endpoint = new(null, 0, Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()));
    private readonly ManualResetEventSlim _letGo = new();
    private readonly TaskCompletionSource _letClean = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _hangs = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ErrorList _errors = new();

    public HangingPluginTests()
    {
        _sandbox.Install("Misbehaves");
        AppContext.SetData("Webserv.Tests.HangInConstructor", () =>
        {
            _hangs.TrySetResult();
            _letGo.Wait();
        });
        AppContext.SetData("Webserv.Tests.HangInDisposal", () =>
        {
            _hangs.TrySetResult();
            return _letClean.Task;
        });
    }

    public void Dispose()
    {
        _letGo.Set();
        _letClean.TrySetResult();
        _sandbox.Dispose();
    }

    [Fact]
    public async Task ReloadAsync_ConstructorNeverEnds_IsRefusedAndTheNextIsTaken()
    {
        var server = await StartAsync("CountsStatically");
        var reloading = ReloadAsync(server, "HangsInMiddlewareConstructor");
        await _hangs.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);

        Assert.False(await EndAsync(reloading));
        Assert.Contains("HangsInMiddlewareConstructor of plugin Misbehaves did not finish making HangsInMiddlewareConstructor in 30 s", Assert.Single(_errors.Items), StringComparison.Ordinal);
        Assert.True(await ReloadAsync(server, "CountsStatically", "Leaks").WaitAsync(Patience, TestContext.Current.CancellationToken));
        await EndAsync(server.DisposeAsync().AsTask());
    }

    [Fact]
    public async Task ReloadAsync_RefusedAndCleanUpNeverEnds_EndsAndTheNextIsTaken()
    {
        var server = await StartAsync("CountsStatically");
        var reloading = ReloadAsync(server, "ThrowsInMiddlewareConstructor", "HangsInDisposal");
        await _hangs.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);

        Assert.False(await EndAsync(reloading));
        Assert.Contains("ThrowsInMiddlewareConstructor of plugin Misbehaves threw", Assert.Single(_errors.Items), StringComparison.Ordinal);
        Assert.Contains(
            "HangsInDisposal could not be disposed: plugin Misbehaves did not finish the clean-up of HangsInDisposal in 10 s", _sandbox.Log.At(LogLevel.Warning));
        Assert.True(await ReloadAsync(server, "CountsStatically", "Leaks").WaitAsync(Patience, TestContext.Current.CancellationToken));
        await EndAsync(server.DisposeAsync().AsTask());
    }

    [Fact]
    public async Task DisposeAsync_CleanUpOfAReplacedMiddlewareNeverEnds_Ends()
    {
        var server = await StartAsync("HangsInDisposal");
        Assert.True(await ReloadAsync(server, "CountsStatically").WaitAsync(Patience, TestContext.Current.CancellationToken));
        await _hangs.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        await server.StopAsync().WaitAsync(Patience, TestContext.Current.CancellationToken);
        await EndAsync(server.DisposeAsync().AsTask());
        Assert.Contains(
            "HangsInDisposal could not be disposed: plugin Misbehaves did not finish the clean-up of HangsInDisposal in 10 s", _sandbox.Log.At(LogLevel.Warning));
        Assert.Empty(_sandbox.Log.At(LogLevel.Error));
    }

    [Fact]
    public async Task StopAsync_WhileAConstructorNeverEnds_ClosesListenersAtOnceAndEnds()
    {
        var server = await StartAsync("CountsStatically");
        var reloading = ReloadAsync(server, "HangsInMiddlewareConstructor");
        await _hangs.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);

        // No time passes until here: the constructor has all of its own left.
        await server.StopAsync().WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.False(reloading.IsCompleted);
        Assert.False(File.Exists(_endpoint.UnixPath));
        await EndAsync(server.DisposeAsync().AsTask());
        Assert.False(await EndAsync(reloading));
    }

    [Fact]
    public async Task DisposeAsync_AReloadHasMoreTimeThanTheStop_EndsWithoutIt()
    {
        var server = await StartAsync(TimeSpan.FromDays(1), "CountsStatically");
        var reloading = ReloadAsync(server, "HangsInMiddlewareConstructor");
        await _hangs.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);

        await EndAsync(server.DisposeAsync().AsTask());
        Assert.False(reloading.IsCompleted);
        Assert.Contains(_sandbox.Log.At(LogLevel.Error), line => line.Contains("the process ends without them", StringComparison.Ordinal));
        _letGo.Set();
        Assert.False(await reloading.WaitAsync(Patience, TestContext.Current.CancellationToken));
    }

    /// <summary>Lets time pass until it has ended.</summary>
    private async Task EndAsync(Task task)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!task.IsCompleted && !patience.IsCancellationRequested)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(task, Task.Delay(1, TestContext.Current.CancellationToken));
        }

        await task.WaitAsync(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
    }

    private async Task<bool> EndAsync(Task<bool> task)
    {
        await EndAsync((Task)task);
        return await task;
    }

    private Task<bool> ReloadAsync(WebServer server, params string[] middleware) =>
        Task.Run(() => server.ReloadAsync(Options(middleware), _errors, CancellationToken.None));

    private Task<WebServer> StartAsync(params string[] middleware) => StartAsync(_sandbox.Settings.StartTimeout, middleware);

    private async Task<WebServer> StartAsync(TimeSpan startTimeout, params string[] middleware)
    {
        var options = Options(middleware);
        var loggers = _sandbox.Host.LoggerFactory;
        var transport = TransportFactory.Create(options.Transport, loggers, TimeProvider.System);
        var files = new OpenFileCache(options.FileCache, _time, loggers.CreateLogger<OpenFileCache>());
        var parts = new WebServerParts(transport, files, loggers, _time, _sandbox.Settings with { StartTimeout = startTimeout });
        var server = await WebServer.StartAsync(options, _errors, parts, TestContext.Current.CancellationToken);
        Assert.Empty(_errors.Items);
        return server!;
    }

    private WebservOptions Options(string[] middleware)
    {
        var setup = new ServerSetup(inline: false);
        setup.Servers.Add(new VirtualServerOptions
        {
            ConfigurationPath = "Webserv:VirtualServers:0",
            Name = "main",
            Listen = [_endpoint],
            Pipeline =
            [
                .. middleware.Select((name, index) => new PipelineEntryOptions { ConfigurationPath = $"Webserv:VirtualServers:0:Pipeline:{index}", Use = name }),
            ],
        });
        return setup.Build();
    }
}
