using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Webserv.Host.Configuration;
using Webserv.Host.Files;
using Webserv.Host.Plugins;
using Webserv.Host.Server;
using Webserv.Host.Tests.Server;
using Webserv.Host.Transport;

namespace Webserv.Host.Tests.Plugins;

/// <summary>Plugins that were built against another contract than that of this server.</summary>
public sealed class ContractVersionTests : IDisposable
{
    private readonly PluginSandbox _sandbox = new();
    private readonly ILoggerFactory _loggers;
    private readonly ListenEndpoint _endpoint;

    public ContractVersionTests()
    {
        _endpoint = new ListenEndpoint(null, 0, Path.Combine(_sandbox.Root, "http"));
        _loggers = LoggerFactory.Create(builder => builder.AddProvider(_sandbox.Log));
    }

    public void Dispose()
    {
        _loggers.Dispose();
        _sandbox.Dispose();
    }

    [Theory]
    [InlineData(
        "ContractedNewerMember",
        "was built against a newer Webserv.Abstractions than the 0.1.0 of this server, which does not have Webserv.Abstractions.Http.Cookies, Webserv.Abstractions.Http.IVirtualServer.get_Region, Webserv.Abstractions.Http.Cookies.get_FieldName: update the server, or build the plugin against Webserv.Abstractions 0.1.0")]
    [InlineData(
        "ContractedNewerMajor",
        "needs Webserv.Abstractions 2.0.0.0, and this server has 1.0.0.0: update the server, or build the plugin against 1.0.0.0 or an older one")]
    public async Task ReloadAsync_BuiltAgainstANewerContract_IsRefusedAndTheOneBuiltAgainstAnOlderAnswersOn(string newer, string reason)
    {
        Install("ContractedOlder");
        await using var server = await StartAsync();
        Assert.Equal(PluginState.Loaded.ToString(), Assert.Single(server.GetStatus().Plugins).State);
        Assert.Equal("/a for localhost, 1 fields", await GetAsync());

        Install(newer);
        Assert.True(await server.ReloadAsync(Options(), new ErrorList(), TestContext.Current.CancellationToken));
        var plugin = Assert.Single(server.GetStatus().Plugins);
        Assert.Equal((PluginState.Kept.ToString(), 1), (plugin.State, plugin.Load));
        Assert.Contains(reason, plugin.Error, StringComparison.Ordinal);
        Assert.Contains(_sandbox.Log.At(LogLevel.Error), line => line.Contains(reason, StringComparison.Ordinal));
        Assert.Equal("/a for localhost, 1 fields", await GetAsync());
    }

    /// <summary>The library that hosts an older contract lies beside no plugin: it would be loaded in place of the server's.</summary>
    [Fact]
    public void Fixtures_CarryNoContract() =>
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "TestPlugins"), "Webserv.Abstractions.*", SearchOption.AllDirectories));

    private void Install(string build)
    {
        var target = Directory.CreateDirectory(Path.Combine(_sandbox.PluginsDirectory, "Contracted")).FullName;
        foreach (var file in Directory.EnumerateFiles(PluginSandbox.Fixture(build)))
        {
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)), overwrite: true);
        }
    }

    private async Task<string> GetAsync()
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(_endpoint.UnixPath!), TestContext.Current.CancellationToken);
        using var client = new RawClient(new NetworkStream(socket, ownsSocket: false), () => socket.Shutdown(SocketShutdown.Send), socket.Dispose);
        var response = await client.GetAsync("/a");
        Assert.Equal(203, response.Status);
        return response.Text;
    }

    private WebservOptions Options()
    {
        var setup = new ServerSetup(inline: false);
        setup.Servers.Add(new VirtualServerOptions
        {
            ConfigurationPath = "Webserv:VirtualServers:0",
            Fingerprint = "same",
            Name = "main",
            Listen = [_endpoint],
            Pipeline = [new PipelineEntryOptions { ConfigurationPath = "Webserv:VirtualServers:0:Pipeline:0", Use = "Contracted" }],
        });
        return setup.Build();
    }

    private async Task<WebServer> StartAsync()
    {
        var (options, errors) = (Options(), new ErrorList());
        var transport = TransportFactory.Create(options.Transport, _loggers, TimeProvider.System);
        var files = new OpenFileCache(options.FileCache, TimeProvider.System, _loggers.CreateLogger<OpenFileCache>());
        var parts = new WebServerParts(transport, files, _loggers, TimeProvider.System, _sandbox.Settings);
        var server = await WebServer.StartAsync(options, errors, parts, TestContext.Current.CancellationToken);
        Assert.Empty(errors.Items);
        return server!;
    }
}
