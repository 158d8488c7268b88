using System.Diagnostics.Metrics;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Webserv.Host.Configuration;
using Webserv.Host.Files;
using Webserv.Host.Metrics;
using Webserv.Host.Server;
using Webserv.Host.Tests.Plugins;
using Webserv.Host.Tests.Server;
using Webserv.Host.Transport;

namespace Webserv.Host.Tests.Metrics;

/// <summary>What a whole server says on its meter.</summary>
public sealed class ServerMeterTests : IDisposable
{
    private const string Good = "Good,0.1.0.0";

    private readonly PluginSandbox _sandbox = new();
    private readonly LoggerFactory _loggers = new();
    private readonly ListenEndpoint _endpoint;
    private bool _counts = true;

    public ServerMeterTests()
    {
        _endpoint = new ListenEndpoint(null, 0, Path.Combine(_sandbox.Root, "http"));
        _sandbox.Install("Good");
    }

    public void Dispose()
    {
        _loggers.Dispose();
        _sandbox.Dispose();
    }

    [Fact]
    public async Task Meter_Requests_AreMeasuredByMethodStatusSchemeAndServer()
    {
        await using var server = await StartAsync();
        using (var client = await ConnectAsync())
        {
            Assert.Equal(404, (await client.GetAsync("/before")).Status);
        }

        using var meter = new MeterReading(server);
        using (var client = await ConnectAsync())
        {
            Assert.Equal(404, (await client.GetAsync("/a")).Status);
            Assert.Equal(404, (await client.GetAsync("/b")).Status);
            await client.SendAsync("BREW / HTTP/1.1\r\nHost: a\r\n\r\nGET /spaces in it HTTP/1.1\r\nHost: a\r\n\r\n");
            await client.ReadToEndAsync();
        }

        await ServerRig.WaitAsync(
            () => meter.Measured.Count == 3 && meter.Measured["http.server.request.duration{GET,404,http,main}"] == 2,
            () => string.Join("\n", meter.Measured));
        Assert.Single(meter.Measured, pair => pair.Key.StartsWith("http.server.request.duration{_OTHER,", StringComparison.Ordinal));
        var rejected = Assert.Single(meter.Measured, pair => pair.Key.StartsWith("webserv.requests.rejected{400,", StringComparison.Ordinal));
        Assert.Equal(1, rejected.Value);
    }

    [Fact]
    public async Task Meter_ListenerThrows_RequestsAreServedAndEndAllTheSame()
    {
        await using var server = await StartAsync();
        using var listener = new MeterListener();
        listener.SetMeasurementEventCallback<double>((_, _, _, _) => throw new InvalidOperationException("mine"));
        listener.SetMeasurementEventCallback<long>((_, _, _, _) => throw new InvalidOperationException("mine"));
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, server))
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.Start();
        using var client = await ConnectAsync();
        Assert.Equal(404, (await client.GetAsync("/a")).Status);
        Assert.Equal(404, (await client.GetAsync("/b")).Status);
        await client.SendAsync("GET /spaces in it HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal(400, (await client.ReadAsync()).Status);
        await client.AssertClosedAsync();
        client.ShutdownSend();
        using var meter = new MeterReading(server);
        await ServerRig.WaitAsync(() => meter.Read()["http.server.active_requests{main}"] == 0, () => string.Join("\n", meter.Read()));
    }

    [Fact]
    public async Task Meter_ConnectionsAndRequestsInside_AreReadWhenAsked()
    {
        await using var server = await StartAsync();
        using var meter = new MeterReading(server);
        var read = meter.Read();
        Assert.Equal((0, 0, 0), (read["webserv.connections.open{idle}"], read["webserv.connections.open{active}"], read["http.server.active_requests{main}"]));
        using var idle = await ConnectAsync();
        Assert.Equal(404, (await idle.GetAsync("/")).Status);
        await ServerRig.WaitAsync(() => meter.Read()["webserv.connections.open{idle}"] == 1, () => string.Join("\n", meter.Read()));
        using var first = await ConnectAsync();
        await first.SendAsync("GET / HTTP/1.1\r\n");
        using var second = await ConnectAsync();
        await second.SendAsync("GET / HTTP/1.1\r\n");
        await ServerRig.WaitAsync(() => meter.Read()["webserv.connections.open{active}"] == 2, () => string.Join("\n", meter.Read()));
        using var third = await ConnectAsync();
        Assert.Equal(503, (await third.ReadAsync()).Status);
        read = meter.Read();
        Assert.Equal(3, read["webserv.connections.accepted{}"]);
        Assert.Equal((1, 0, 1), (read["webserv.connections.refused{ServerFull}"], read["webserv.connections.refused{ClientFull}"], read["webserv.connections.recycled{}"]));
        Assert.Equal(1, read["webserv.generation{}"]);
    }

    [Fact]
    public async Task Meter_PluginsAndTheirReplacement_AreReadWhenAsked()
    {
        _sandbox.Install("ThrowsInConfigure");
        await using var server = await StartAsync();
        using var meter = new MeterReading(server);
        using (var client = await ConnectAsync())
        {
            await client.GetAsync("/");
            await client.GetAsync("/");
        }

        await ServerRig.WaitAsync(() => meter.Read()[$"webserv.plugin.requests{{{Good}}}"] == 4, () => string.Join("\n", meter.Read()));
        var read = meter.Read();
        Assert.Equal(
            (0, 0, 0, 1),
            (read[$"webserv.plugin.errors{{{Good}}}"], read[$"webserv.plugin.active_requests{{{Good}}}"], read[$"webserv.plugin.stuck_requests{{{Good}}}"], read[$"webserv.plugin.load{{{Good}}}"]));
        Assert.InRange(read[$"webserv.plugin.request.time{{{Good}}}"], double.Epsilon, 60);
        Assert.InRange(read[$"webserv.plugin.request.duration{{{Good},0.5}}"], 0, read[$"webserv.plugin.request.duration{{{Good},0.99}}"]);
        Assert.InRange(read[$"webserv.plugin.allocated{{{Good}}}"], 1, 1_000_000);
        Assert.Equal((1, 1), (read[$"webserv.plugin.info{{{Good},Loaded}}"], read["webserv.plugin.info{ThrowsInConfigure,0.1.0.0,Failed}"]));
        Assert.DoesNotContain(read.Keys, key => key.StartsWith("webserv.plugin.replaced", StringComparison.Ordinal));
        Assert.Equal((0, 0), (read["webserv.plugin.breaker.open{Good,Webserv:VirtualServers:0:Pipeline:0 (Plain)}"], read["webserv.plugin.breaker.openings{Good,Webserv:VirtualServers:0:Pipeline:0 (Plain)}"]));

        var lease = _sandbox.Settings.Register.Plugins[0].Acquire();
        await File.WriteAllTextAsync(Path.Combine(_sandbox.PluginsDirectory, "Good", "version.txt"), "2", TestContext.Current.CancellationToken);
        Assert.True(await server.ReloadAsync(Options(), new ErrorList(), TestContext.Current.CancellationToken));
        read = meter.Read();
        Assert.Equal((2, 2, 1, 0), (read["webserv.generation{}"], read[$"webserv.plugin.load{{{Good}}}"], read["webserv.plugin.replaced{Good,Draining}"], read[$"webserv.plugin.requests{{{Good}}}"]));
        await lease.DisposeAsync();
        await ServerRig.WaitAsync(
            () =>
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                return !meter.Read().Keys.Any(key => key.StartsWith("webserv.plugin.replaced", StringComparison.Ordinal));
            },
            () => string.Join("\n", meter.Read()));
    }

    [Fact]
    public async Task Meter_NothingIsCounted_PluginsAreThereAllTheSame()
    {
        _counts = false;
        await using var server = await StartAsync();
        using var meter = new MeterReading(server);
        var read = meter.Read();
        Assert.Equal(1, read[$"webserv.plugin.info{{{Good},Loaded}}"]);
        Assert.DoesNotContain($"webserv.plugin.requests{{{Good}}}", read.Keys);
    }

    [Fact]
    public async Task DisposeAsync_SomebodyListens_AllInstrumentsEnd()
    {
        var server = await StartAsync();
        using var meter = new MeterReading(server);
        await server.DisposeAsync();
        Assert.Equal(20, meter.Completed);
        Assert.Empty(meter.Read());
    }

    [Fact]
    public void Of_WhateverClientsSend_IsBounded()
    {
        var tags = new RequestTags("main");
        Assert.Equal(
            new KeyValuePair<string, object?>[] { new("http.request.method", "_OTHER"), new("http.response.status_code", 999), new("url.scheme", "https"), new("webserv.virtual_server", "main") },
            tags.Of("get", isSecured: true, 1234).ToArray());
        Assert.True(tags.Of("GET", isSecured: false, 200) == tags.Of(new string("GET"), isSecured: false, 200));
    }

    private async Task<RawClient> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(_endpoint.UnixPath!), TestContext.Current.CancellationToken);
        return new RawClient(new NetworkStream(socket, ownsSocket: true), () => socket.Shutdown(SocketShutdown.Send), socket.Dispose);
    }

    private WebservOptions Options()
    {
        var setup = new ServerSetup(inline: false);
        setup.Limits.MaxConnections = 2;
        setup.Plugins.Statistics = _counts;
        setup.Plugins.Budgets = new Dictionary<string, PluginBudgetOptions>(StringComparer.OrdinalIgnoreCase) { ["Good"] = new() { Breaker = new BreakerOptions() } };
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
