using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Webserv.Host.Configuration;
using Webserv.Host.Files;
using Webserv.Host.Server;
using Webserv.Host.Tests.Server;
using Webserv.Host.Transport;

namespace Webserv.Host.Tests.Plugins;

/// <summary>Real plugins that do what they should not, in a whole server.</summary>
public sealed class MisbehavingPluginTests : IAsyncLifetime
{
    private static readonly string[] Misdeeds = ["ThrowsInDisposal", "NeverEnds", "Spins", "ForgetsTask", "Leaks", "CountsStatically"];

    private readonly PluginSandbox _sandbox = new();
    private readonly ListenEndpoint _endpoint = new(null, 0, Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()));
    private readonly FakeTimeProvider _time = new();
    private readonly CollectingLoggerProvider _log = new();
    private readonly LoggerFactory _loggers;
    private bool _hasBudget = true;
    private WebServer _server = null!;

    public MisbehavingPluginTests() => _loggers = new LoggerFactory([_log]);

    public async ValueTask InitializeAsync()
    {
        _sandbox.Install("Misbehaves");
        _sandbox.Install("UsesSqlite");
        var options = Options();
        var transport = TransportFactory.Create(options.Transport, _loggers, TimeProvider.System);
        var files = new OpenFileCache(options.FileCache, TimeProvider.System, _loggers.CreateLogger<OpenFileCache>());
        var errors = new ErrorList();
        var parts = new WebServerParts(transport, files, _loggers, _time, _sandbox.Settings);
        _server = (await WebServer.StartAsync(options, errors, parts, TestContext.Current.CancellationToken))!;
        Assert.Empty(errors.Items);
    }

    public async ValueTask DisposeAsync()
    {
        // Retirements wait by the clock that stands still here.
        var ending = _server.DisposeAsync().AsTask();
        while (!ending.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await ending;
        _loggers.Dispose();
        _sandbox.Dispose();
    }

    [Fact]
    public async Task Reload_StaticState_IsThatOfTheBuild()
    {
        using var client = await ConnectAsync();
        Assert.Equal("1", (await client.GetAsync("/CountsStatically")).Text);
        Assert.Equal("2", (await client.GetAsync("/CountsStatically")).Text);
        await ReplaceAsync("Misbehaves");
        Assert.Equal("1", (await client.GetAsync("/CountsStatically")).Text);
    }

    [Fact]
    public async Task Reload_NativeLibraryThrowsInDisposalAndLeaks_ServesAndLeavesMemory()
    {
        using var client = await ConnectAsync();
        Assert.Equal("1", (await client.GetAsync("/CountsInSqlite")).Text);
        Assert.Equal("2", (await client.GetAsync("/CountsInSqlite")).Text);
        Assert.Equal(200, (await client.GetAsync("/Leaks")).Status);
        var old = RememberPlugins();
        await ReplaceAsync("UsesSqlite");
        await ReplaceAsync("Misbehaves");
        Assert.Equal("1", (await client.GetAsync("/CountsInSqlite")).Text);
        Assert.Equal(404, (await client.GetAsync("/ThrowsInDisposal")).Status);
        await LetTimePassUntilAsync(() => IsGone(old), () => $"of the plugins before, {old.Count(context => context.IsAlive)} are in memory");
        Assert.Contains(
            _log.At(LogLevel.Warning), line => line.StartsWith("ThrowsInDisposal could not be disposed: plugin Misbehaves threw ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Reload_RequestThatNeverEnds_IsCancelledAndLeftBehind()
    {
        _hasBudget = false;
        Assert.True(await _server.ReloadAsync(Options(), new ErrorList(), TestContext.Current.CancellationToken));
        using var stuck = await ConnectAsync();
        await stuck.SendAsync("GET /NeverEnds HTTP/1.1\r\nHost: a\r\n\r\n");
        using var client = await ConnectAsync();
        Assert.Equal("1", (await client.GetAsync("/CountsStatically")).Text);
        await ReplaceAsync("Misbehaves");

        // The new one serves while the old one drains.
        Assert.Equal("1", (await client.GetAsync("/CountsStatically")).Text);
        await LetTimePassUntilAsync(
            () => _log.At(LogLevel.Error).Any(line => line.Contains("do not heed cancellation; its middleware are disposed under them", StringComparison.Ordinal)),
            () => string.Join('\n', _log.Entries));
        Assert.Equal("2", (await client.GetAsync("/CountsStatically")).Text);
    }

    [Fact]
    public async Task MaxTime_PluginSpinsThoughItSaysThatItNeverBlocks_CostsNobodyElse()
    {
        using var spinning = await ConnectAsync();
        var answer = spinning.GetAsync("/Spins");
        using var client = await ConnectAsync();
        Assert.Equal("1", (await client.GetAsync("/CountsStatically")).Text);
        await LetTimePassUntilAsync(() => answer.IsCompleted, () => "no answer");
        Assert.Equal((503, "1"), ((await answer).Status, (await answer)["Retry-After"]));
        Assert.Contains(_log.At(LogLevel.Error), line => line.Contains("Plugin Misbehaves: Webserv:Spins (Spins) took more than 1 s", StringComparison.Ordinal));
        Assert.Equal("2", (await client.GetAsync("/CountsStatically")).Text);
    }

    [Fact]
    public async Task LastWords_TaskThatNobodyAwaits_NamesThePlugin()
    {
        using var words = new LastWords(_loggers);
        using var client = await ConnectAsync();
        Assert.Equal(200, (await client.GetAsync("/ForgetsTask")).Status);
        await ServerRig.WaitAsync(
            () =>
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                return _log.At(LogLevel.Warning).Contains("Plugin Misbehaves 0.1.0.0: a task failed that nobody awaited");
            },
            () => string.Join('\n', _log.Entries));
    }

    [Fact]
    public async Task Reload_MiddlewareThatCannotBeMade_TheOneBeforeGoesOn()
    {
        using var client = await ConnectAsync();
        Assert.Equal("1", (await client.GetAsync("/CountsStatically")).Text);
        var errors = new ErrorList();
        Assert.False(await _server.ReloadAsync(Options("ThrowsInMiddlewareConstructor"), errors, TestContext.Current.CancellationToken));
        Assert.Equal(
            ["Webserv:ThrowsInMiddlewareConstructor: ThrowsInMiddlewareConstructor of plugin Misbehaves threw InvalidOperationException: it cannot be made"], errors.Items);
        Assert.Equal("2", (await client.GetAsync("/CountsStatically")).Text);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private List<WeakReference> RememberPlugins() =>
        [.. System.Runtime.Loader.AssemblyLoadContext.All.Where(context => context.Assemblies.Any(IsOwn)).Select(context => new WeakReference(context))];

    private bool IsOwn(System.Reflection.Assembly assembly) =>
        !assembly.IsDynamic && assembly.Location.StartsWith(_sandbox.Root, StringComparison.Ordinal);

    private static bool IsGone(List<WeakReference> references)
    {
        // A load context takes several collections to go: its finalizers run in between.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return references.TrueForAll(reference => !reference.IsAlive);
    }

    private Task LetTimePassUntilAsync(Func<bool> condition, Func<string> problem) => ServerRig.WaitAsync(
        () =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            return condition();
        },
        problem);

    /// <summary>Any file of its folder is part of a plugin.</summary>
    private async Task ReplaceAsync(string plugin)
    {
        await File.WriteAllTextAsync(Path.Combine(_sandbox.PluginsDirectory, plugin, "version.txt"), "another", TestContext.Current.CancellationToken);
        Assert.True(await _server.ReloadAsync(Options(), new ErrorList(), TestContext.Current.CancellationToken));
    }

    private async Task<RawClient> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(_endpoint.UnixPath!), TestContext.Current.CancellationToken);
        return new RawClient(new NetworkStream(socket, ownsSocket: true), () => socket.Shutdown(SocketShutdown.Send), socket.Dispose);
    }

    private WebservOptions Options(params string[] more)
    {
        var setup = new ServerSetup(inline: false);
        setup.Servers.Add(new VirtualServerOptions
        {
            ConfigurationPath = "Webserv:VirtualServers:0",
            Name = "main",
            Listen = [_endpoint],
            Pipeline =
            [
                .. Misdeeds.Append("CountsInSqlite").Concat(more).Select(name => new PipelineEntryOptions
                {
                    ConfigurationPath = "Webserv:" + name,
                    Use = name,
                    When = new WhenOptions { Path = ["/" + name] },
                }),
            ],
        });
        if (_hasBudget)
        {
            setup.Plugins.Budgets = new Dictionary<string, PluginBudgetOptions> { ["Misbehaves"] = new() { MaxTime = TimeSpan.FromSeconds(1) } };
        }

        return setup.Build();
    }
}
