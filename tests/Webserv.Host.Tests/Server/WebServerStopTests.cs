using System.Collections.Frozen;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Moq;
using Webserv.Host.Configuration;
using Webserv.Host.Files;
using Webserv.Host.Plugins;
using Webserv.Host.Proxies;
using Webserv.Host.Server;
using Webserv.Host.Tests.Plugins;
using Webserv.Host.Transport;

namespace Webserv.Host.Tests.Server;

/// <summary>The stop of a whole server whose endpoint speaks the PROXY protocol, by a clock that stands still.</summary>
public sealed class WebServerStopTests
{
    private const int Patience = 20_000;
    private readonly Mock<FakeTimeProvider> _time = new() { CallBase = true };

    // Who has connected to a Unix-domain socket waits there for certain.
    private readonly ListenEndpoint _endpoint = new(null, 0, Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()));

    [Theory(Timeout = Patience)]
    [InlineData("Epoll")]
    [InlineData("Sockets")]
    public async Task Stop_ProxyHeaderStillToCome_IsServed(string kind)
    {
        using var loggers = new LoggerFactory();
        await using var server = await StartAsync(Enum.Parse<TransportKind>(kind), loggers);
        using var client = await ConnectAsync();
        var waits = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _time.Setup(time => time.CreateTimer(It.IsAny<TimerCallback>(), It.IsAny<object?>(), TimeSpan.FromSeconds(1), It.IsAny<TimeSpan>()))
            .Callback(() => waits.TrySetResult()).CallBase();
        var stopping = server.StopAsync();
        await waits.Task;
        await client.SendAsync("PROXY TCP4 203.0.113.7 198.51.100.2 50001 443\r\nGET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
        Assert.Equal(404, (await client.ReadAsync()).Status);
        client.ShutdownSend();
        await stopping;
    }

    [Fact(Timeout = Patience)]
    public async Task Stop_NoProxyHeaderComes_WaitsForASecond()
    {
        using var loggers = new LoggerFactory();
        await using var server = await StartAsync(TransportKind.Epoll, loggers);
        using var client = await ConnectAsync();
        await client.SendAsync("PROXY ");
        var stopping = server.StopAsync();
        while (!stopping.IsCompleted)
        {
            _time.Object.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await stopping;
    }

    private async Task<RawClient> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(_endpoint.UnixPath!), TestContext.Current.CancellationToken);
        return new RawClient(new NetworkStream(socket, ownsSocket: true), () => socket.Shutdown(SocketShutdown.Send), socket.Dispose);
    }

    private async Task<WebServer> StartAsync(TransportKind kind, ILoggerFactory loggers)
    {
        var setup = new ServerSetup(inline: false)
        {
            Proxies = new ProxiesOptions
            {
                ProxyProtocol = new ProxyProtocolOptions(
                    new[] { _endpoint }.ToFrozenSet(), new NetworkSet([], includesUnix: true), TimeSpan.FromMinutes(1)),
            },
        };
        setup.Servers.Add(new VirtualServerOptions { ConfigurationPath = "Webserv:VirtualServers:0", Name = "main", Listen = [_endpoint] });
        var options = setup.Build();
        var transport = TransportFactory.Create(new TransportOptions { Kind = kind, EventLoops = 1 }, loggers, TimeProvider.System);
        var files = new OpenFileCache(options.FileCache, _time.Object, loggers.CreateLogger<OpenFileCache>());
        var errors = new ErrorList();
        var server = await WebServer.StartAsync(
            options, errors, new WebServerParts(transport, files, loggers, _time.Object, new PluginCatalogSettings()), TestContext.Current.CancellationToken);
        Assert.Empty(errors.Items);
        return server!;
    }
}
