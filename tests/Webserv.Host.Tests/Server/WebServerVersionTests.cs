using System.Text;
using Microsoft.Extensions.Logging;
using Webserv.Host.Configuration;
using Webserv.Host.Control;
using Webserv.Host.Files;
using Webserv.Host.Plugins.Versions;
using Webserv.Host.Server;
using Webserv.Host.Tests.Plugins;
using Webserv.Host.Transport;

namespace Webserv.Host.Tests.Server;

/// <summary>Which builds of a plugin a server keeps, and which come back.</summary>
public sealed class WebServerVersionTests : IAsyncDisposable
{
    private readonly PluginSandbox _sandbox = new();
    private readonly ListenEndpoint _endpoint = new(null, 0, Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()));
    private readonly ILoggerFactory _loggers;
    private WebServer? _server;

    public WebServerVersionTests() => _loggers = LoggerFactory.Create(builder => builder.SetMinimumLevel(LogLevel.Debug).AddProvider(_sandbox.Log));

    private PluginStatus Status => Assert.Single(_server!.GetStatus().Plugins);

    private IEnumerable<string> Kept => KeptVersion.Find(Path.Combine(_sandbox.Root, "cache"), "Good").Select(version => version.Hash);

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _loggers.Dispose();
        _sandbox.Dispose();
    }

    [Fact]
    public async Task ReloadAsync_BuildThatIsRefused_IsNoVersionThatServed()
    {
        Put("1");
        await StartAsync("Plain");
        var first = Status.Sha256!;
        Assert.Equal([first], Kept);
        for (var refused = 2; refused < 6; refused++)
        {
            Put($"{refused}");
            Assert.Single(await ReloadAsync("Plain", "Fussy"));
        }

        Assert.Equal((first, "Loaded"), (Status.Sha256, Status.State));
        Assert.Equal([first], Kept);
        Assert.DoesNotContain(_sandbox.Log.At(LogLevel.Information), message => message.Contains("is replaced by", StringComparison.Ordinal));

        Assert.Empty(await ReloadAsync("Plain"));
        Assert.Equal([Status.Sha256!, first], Kept);
        Assert.Single(_sandbox.Log.At(LogLevel.Information), message => message.Contains("is replaced by", StringComparison.Ordinal));
    }

    [Fact]
    public async Task StartAsync_ThatFails_LeavesNoVersionThatServed()
    {
        Put("1");
        Assert.Single(await StartAsync("Fussy"));
        Assert.Empty(Kept);
        Assert.DoesNotContain(_sandbox.Log.At(LogLevel.Information), message => message.Contains("loaded from", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Plain", true)]
    [InlineData("Plain", false)]
    [InlineData("Greeter", true)]
    [InlineData("Greeter", false)]
    public async Task ReloadAsync_VersionThatComesBackIsRefused_GivesWayToTheOneBeforeOrToTheFiles(string unfit, bool hasAnother)
    {
        // What the second build calls Plain cannot be made, or it calls nothing Greeter; it served as long as nobody wanted that.
        var other = unfit == "Plain" ? "Greeter" : "Plain";
        Put("0");
        Assert.Empty(await StartAsync(other));
        var oldest = Status.Sha256!;
        if (!hasAnother)
        {
            _sandbox.Settings.Failing.Add("Good", oldest);
        }

        Put("1", unfit == "Plain" ? [("Plain", "Fussy"), ("Fussy", "Plain")] : [("Greeter", "Greeted")]);
        Assert.Empty(await ReloadAsync(other));
        Put("2");
        Assert.Empty(await ReloadAsync("Plain", "Greeter"));
        var failing = Status.Sha256!;
        Assert.Equal(3, Kept.Count());

        _sandbox.Settings.Failing.Add("Good", failing);
        var expected = hasAnother ? (oldest, "RolledBack") : (failing, "Loaded");
        Assert.Empty(await ReloadAsync("Plain", "Greeter"));
        Assert.Equal(expected, (Status.Sha256, Status.State));
        Assert.Single(_sandbox.Log.At(LogLevel.Error), message => message.Contains("does not go with the configuration", StringComparison.Ordinal));

        // A mistake that is nobody's but the configuration's is told as it is, and nothing comes of it.
        Assert.Contains("'Nonsense'", Assert.Single(await ReloadAsync("Plain", "Greeter", "Nonsense")), StringComparison.Ordinal);
        Assert.Empty(await ReloadAsync("Greeter", "Plain"));
        Assert.Equal(expected, (Status.Sha256, Status.State));
    }

    /// <summary>Another build: any file of its folder is part of a plugin. Names of middleware may be others of the same length in it.</summary>
    private void Put(string version, params (string From, string To)[] names)
    {
        var file = _sandbox.Install("Good");
        File.WriteAllText(Path.Combine(Path.GetDirectoryName(file)!, "version.txt"), version);
        var before = File.ReadAllBytes(file);
        var after = before.ToArray();
        foreach (var (from, to) in names)
        {
            var pattern = Encoding.Unicode.GetBytes(from);
            var at = before.AsSpan().IndexOf(pattern);
            Assert.True(at >= 0);
            Encoding.Unicode.GetBytes(to).CopyTo(after, at);
        }

        File.WriteAllBytes(file, after);
    }

    private WebservOptions Options(string[] uses)
    {
        var setup = new ServerSetup(inline: false);
        setup.Servers.Add(new VirtualServerOptions
        {
            ConfigurationPath = "Webserv:VirtualServers:0",
            Name = "main",
            Listen = [_endpoint],
            Pipeline = [.. uses.Select((use, index) => new PipelineEntryOptions { ConfigurationPath = $"Webserv:VirtualServers:0:Pipeline:{index}", Use = use })],
        });
        return setup.Build();
    }

    private async Task<IReadOnlyList<string>> StartAsync(params string[] uses)
    {
        var options = Options(uses);
        var transport = TransportFactory.Create(options.Transport, _loggers, TimeProvider.System);
        var files = new OpenFileCache(options.FileCache, TimeProvider.System, _loggers.CreateLogger<OpenFileCache>());
        var errors = new ErrorList();
        var parts = new WebServerParts(transport, files, _loggers, TimeProvider.System, _sandbox.Settings);
        _server = await WebServer.StartAsync(options, errors, parts, TestContext.Current.CancellationToken);
        Assert.Equal(_server is null, errors.Items.Count > 0);
        return [.. errors.Items.Select(error => $"{error}")];
    }

    private async Task<IReadOnlyList<string>> ReloadAsync(params string[] uses)
    {
        var errors = new ErrorList();
        Assert.Equal(await _server!.ReloadAsync(Options(uses), errors, TestContext.Current.CancellationToken), errors.Items.Count == 0);
        return [.. errors.Items.Select(error => $"{error}")];
    }
}
