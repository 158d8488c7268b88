using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Webserv.Host.Commands;
using Webserv.Host.Configuration;
using Webserv.Host.Control;
using Webserv.Host.Files;
using Webserv.Host.Server;
using Webserv.Host.Tests.Plugins;
using Webserv.Host.Tests.Server;
using Webserv.Host.Transport;

namespace Webserv.Host.Tests.Control;

/// <summary>What a whole server says of its plugins over its socket.</summary>
public sealed class ServerStatusTests : IDisposable
{
    private readonly PluginSandbox _sandbox = new();
    private readonly ListenEndpoint _endpoint;
    private bool _counts = true;

    public ServerStatusTests()
    {
        _endpoint = new ListenEndpoint(null, 0, Path.Combine(_sandbox.Root, "http"));
        _sandbox.Install("Good");
    }

    private string SocketPath => Path.Combine(_sandbox.Root, "control");

    public void Dispose() => _sandbox.Dispose();

    [Fact]
    public async Task Plugins_RequestsAndReplacement_AreSeen()
    {
        _sandbox.Install("ThrowsInConfigure");
        using var loggers = new LoggerFactory();
        await using var server = await StartAsync(loggers);
        Assert.Equal((0, 0, null), Counts(Find(await AskAsync(), "Good")));
        await GetAsync();
        await GetAsync();

        // The answer is there before the request has ended.
        var status = await WaitAsync(status => Find(status, "Good").Counts is { Requests: 4, Inside: 0 });
        var good = Find(status, "Good");
        Assert.Equal((1, "Loaded", 1, 64), (status.Generation, good.State, good.Load, good.Sha256!.Length));
        Assert.NotNull(good.Counts!.P99);
        Assert.Equal(["Plain", "Greeter", "Fussy"], good.Middleware);
        var failed = Find(status, "ThrowsInConfigure");
        Assert.Equal(("Failed", 0, null), (failed.State, failed.Load, failed.Counts));
        Assert.NotNull(failed.Error);
        Assert.Empty(status.Replaced);

        // Somebody holds the one before: a request that has not ended, for example.
        var lease = _sandbox.Settings.Register.Plugins[0].Acquire();
        await File.WriteAllTextAsync(Path.Combine(_sandbox.PluginsDirectory, "Good", "version.txt"), "2", TestContext.Current.CancellationToken);
        Assert.True(await server.ReloadAsync(Options(), new ErrorList(), TestContext.Current.CancellationToken));
        status = await WaitAsync(status => status.Replaced is [var only] && only.Why.StartsWith("1 of ", StringComparison.Ordinal));
        Assert.Equal((2, 2, 0L), (status.Generation, Find(status, "Good").Load, Find(status, "Good").Counts!.Requests));
        var old = Assert.Single(status.Replaced);
        Assert.Equal(("Good", 1, good.Sha256), (old.Id, old.Load, old.Sha256));
        Assert.NotEqual(good.Sha256, Find(status, "Good").Sha256);

        await lease.DisposeAsync();
        await WaitAsync(status =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return status.Replaced.Count == 0;
        });
    }

    [Fact]
    public async Task Plugins_StatisticsSwitchedOff_NothingIsCounted()
    {
        using var loggers = new LoggerFactory();
        await using var server = await StartAsync(loggers);
        Assert.True((await AskAsync()).AreCounted);
        _counts = false;
        Assert.True(await server.ReloadAsync(Options(), new ErrorList(), TestContext.Current.CancellationToken));
        await GetAsync();
        var status = await AskAsync();
        Assert.False(status.AreCounted);
        Assert.Null(Find(status, "Good").Counts);
        Assert.Equal(0, _sandbox.Settings.Register.Plugins[0].Usage!.Statistics.Requests);
    }

    [Fact]
    public async Task StartAsync_ControlSocketTaken_IsAnErrorThatNamesIt()
    {
        await File.WriteAllTextAsync(SocketPath, "", TestContext.Current.CancellationToken);
        using var loggers = new LoggerFactory();
        var errors = new ErrorList();
        Assert.Null(await StartAsync(loggers, errors));
        Assert.Contains(errors.Items, error => error.ToString()!.Contains("control socket", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ListAsync_ServerRuns_PrintsItsTableOrItsJson()
    {
        using var loggers = new LoggerFactory();
        await using (await StartAsync(loggers))
        {
            var (status, output, errors) = await ListAsync(SocketPath, PluginListing.Running);
            Assert.Equal((0, ""), (status, errors));
            Assert.Contains("\nGood ", output, StringComparison.Ordinal);
            (status, output, errors) = await ListAsync(SocketPath, PluginListing.RunningAsJson);
            Assert.Equal((0, ""), (status, errors));
            Assert.Equal("Good", JsonDocument.Parse(output).RootElement.GetProperty("plugins")[0].GetProperty("id").GetString());
        }

        Assert.Equal((null, ""), (await ListAsync(SocketPath, PluginListing.Running)) is var found ? (found.Status, found.Output) : default);
        Assert.Contains("no server answers", found.Errors, StringComparison.Ordinal);
        Assert.Equal(1, (await ListAsync(SocketPath, PluginListing.RunningAsJson)).Status);
        Assert.Equal((null, "", ""), await ListAsync(null, PluginListing.Running));
        Assert.Contains("no ControlSocket", (await ListAsync(null, PluginListing.RunningAsJson)).Errors, StringComparison.Ordinal);
    }

    private static async Task<(int? Status, string Output, string Errors)> ListAsync(string? path, PluginListing listing)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var status = await RunningPlugins.ListAsync(path, listing, output, errors, TestContext.Current.CancellationToken);
        return (status, output.ToString(), errors.ToString());
    }

    private static PluginStatus Find(ServerStatus status, string id) => Assert.Single(status.Plugins, plugin => plugin.Id == id);

    private static (long Requests, long Errors, double? P50) Counts(PluginStatus plugin) =>
        (plugin.Counts!.Requests, plugin.Counts.Errors, plugin.Counts.P50);

    private async Task<ServerStatus> AskAsync()
    {
        var answer = await ControlClient.AskAsync(SocketPath, ControlServer.Plugins, TestContext.Current.CancellationToken);
        return JsonSerializer.Deserialize(answer!, ControlJson.Default.ServerStatus)!;
    }

    private async Task<ServerStatus> WaitAsync(Func<ServerStatus, bool> condition)
    {
        var start = Environment.TickCount64;
        while (true)
        {
            var status = await AskAsync();
            if (condition(status))
            {
                return status;
            }

            Assert.True(Environment.TickCount64 - start < 20_000, StatusReport.ToText(status));
        }
    }

    private async Task GetAsync()
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(_endpoint.UnixPath!), TestContext.Current.CancellationToken);
        using var client = new RawClient(new NetworkStream(socket, ownsSocket: false), () => socket.Shutdown(SocketShutdown.Send), socket.Dispose);
        Assert.Equal(404, (await client.GetAsync("/")).Status);
    }

    private WebservOptions Options()
    {
        var setup = new ServerSetup(inline: false) { ControlSocket = SocketPath };
        setup.Plugins.Statistics = _counts;
        setup.Servers.Add(new VirtualServerOptions
        {
            ConfigurationPath = "Webserv:VirtualServers:0",
            Fingerprint = "same",
            Name = "main",
            Listen = [_endpoint],
            Pipeline =
            [
                new PipelineEntryOptions { ConfigurationPath = "Webserv:VirtualServers:0:Pipeline:0", Use = "Plain" },
                new PipelineEntryOptions { ConfigurationPath = "Webserv:VirtualServers:0:Pipeline:1", Use = "Greeter" },
            ],
        });
        return setup.Build();
    }

    private async Task<WebServer> StartAsync(ILoggerFactory loggers)
    {
        var errors = new ErrorList();
        var server = await StartAsync(loggers, errors);
        Assert.Empty(errors.Items);
        return server!;
    }

    private async Task<WebServer?> StartAsync(ILoggerFactory loggers, ErrorList errors)
    {
        var options = Options();
        var transport = TransportFactory.Create(options.Transport, loggers, TimeProvider.System);
        var files = new OpenFileCache(options.FileCache, TimeProvider.System, loggers.CreateLogger<OpenFileCache>());
        var parts = new WebServerParts(transport, files, loggers, TimeProvider.System, _sandbox.Settings);
        return await WebServer.StartAsync(options, errors, parts, TestContext.Current.CancellationToken);
    }
}
