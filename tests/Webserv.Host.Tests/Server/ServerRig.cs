using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Webserv.Host.Configuration;
using Webserv.Host.Files;
using Webserv.Host.Http1;
using Webserv.Host.Logging;
using Webserv.Host.Pipeline;
using Webserv.Host.Proxies;
using Webserv.Host.Tests.Plugins;
using Webserv.Host.Transport;
using Webserv.Host.Transport.Memory;

namespace Webserv.Host.Tests.Server;

/// <summary>A server under test: the engine and a pipeline on a transport, with one endpoint.</summary>
internal sealed class ServerRig : IAsyncDisposable
{
    private readonly LoggerFactory _loggers;
    private readonly ITransport _transport;
    private readonly bool _inline;

    private ServerRig(RigKind kind, TimeProvider time)
    {
        _loggers = new LoggerFactory([Logs]);
        _inline = kind == RigKind.EpollInline;
        Files = new OpenFileCache(new FileCacheOptions(), TimeProvider.System, _loggers.CreateLogger<OpenFileCache>());
        var options = new TransportOptions { Kind = kind == RigKind.Sockets ? TransportKind.Sockets : TransportKind.Epoll, EventLoops = 1 };
        _transport = kind == RigKind.Memory ? new MemoryTransport(_loggers, time) : TransportFactory.Create(options, _loggers, time);
        Time = time;
        AccessLogs = new AccessLogs(time, _loggers.CreateLogger<AccessLogs>());
    }

    public CollectingLoggerProvider Logs { get; } = new();

    public OpenFileCache Files { get; }

    public TimeProvider Time { get; }

    public AccessLogs AccessLogs { get; }

    public required Http1Server Http { get; init; }

    public required PipelineHolder Pipelines { get; init; }

    public required IConnectionListener Listener { get; init; }

    public static async Task<ServerRig> StartAsync(RigKind kind, Action<ServerSetup> configure, TimeProvider? time = null)
    {
        var parts = new ServerRig(kind, time ?? TimeProvider.System) { Http = null!, Pipelines = null!, Listener = null! };
        var setup = new ServerSetup(parts._inline);
        configure(setup);
        var pipelines = new PipelineHolder(await parts.BuildAsync(setup, 1));
        var http = new Http1Server(setup.Limits, pipelines, parts.Files, parts.Time, parts._loggers.CreateLogger<Http1Server>());
        var connections = new ProxyProtocolHandler(http, setup.Limits.MaxConnections, parts.Time, http.Logger) { Options = setup.Proxies.ProxyProtocol };
        return new ServerRig(parts, http, connections, pipelines);
    }

    [System.Diagnostics.CodeAnalysis.SetsRequiredMembers]
    private ServerRig(ServerRig parts, Http1Server http, ProxyProtocolHandler connections, PipelineHolder pipelines)
    {
        (_loggers, _transport, _inline, Logs, Files, Time) = (parts._loggers, parts._transport, parts._inline, parts.Logs, parts.Files, parts.Time);
        AccessLogs = parts.AccessLogs;
        (Http, Pipelines, Listener) = (http, pipelines, _transport.Bind(ServerSetup.Endpoint, connections));
        Listener.Start();
    }

    /// <summary>Builds a generation and puts it in place.</summary>
    /// <returns>The one before.</returns>
    public async Task<PipelineGeneration> SwapAsync(Action<ServerSetup> configure)
    {
        var setup = new ServerSetup(_inline);
        configure(setup);
        return Pipelines.Swap(await BuildAsync(setup, Pipelines.Current.Number + 1));
    }

    /// <summary>Connects.</summary>
    /// <param name="receiveBuffer">What the system of the client takes before it is read; 0 for what it does by itself.</param>
    public async Task<RawClient> ConnectAsync(int receiveBuffer = 0)
    {
        if (_transport is MemoryTransport memory)
        {
            var client = await memory.ConnectAsync(Listener);
            return new RawClient(client, client.ShutdownSend, client.Reset);
        }

        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBuffer > 0)
        {
            socket.ReceiveBufferSize = receiveBuffer;
        }

        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, Listener.Port), TestContext.Current.CancellationToken);
        return new RawClient(
            new NetworkStream(socket, ownsSocket: true),
            () => socket.Shutdown(SocketShutdown.Send),
            () =>
            {
                socket.LingerState = new LingerOption(enable: true, seconds: 0);
                socket.Close(0);
            });
    }

    /// <summary>Sends on a connection of its own and reads until the server closes it.</summary>
    public async Task<string> ExchangeAsync(string request)
    {
        using var client = await ConnectAsync();
        await client.SendAsync(request);
        return await client.ReadToEndAsync();
    }

    /// <summary>Waits until no connection is left.</summary>
    public Task WaitUntilIdleAsync() => WaitAsync(() => Http.ConnectionCount == 0, () => $"{Http.ConnectionCount} connections are left");

    /// <summary>Waits until so many requests are in the log: the answer is there before the line.</summary>
    public Task WaitUntilTracedAsync(int count) =>
        WaitAsync(
            () => Logs.Entries.Count(entry => entry.Message.Contains(" ms: ", StringComparison.Ordinal)) >= count,
            () => $"no {count} requests are traced");

    /// <summary>Waits for a change that nobody tells of.</summary>
    public static async Task WaitAsync(Func<bool> condition, Func<string> problem)
    {
        var start = Environment.TickCount64;
        while (!condition())
        {
            Assert.True(Environment.TickCount64 - start < 20_000, problem());
            await Task.Yield();
        }
    }

    public async ValueTask DisposeAsync()
    {
        // Shown of a test that fails: it may be one that fails once in a thousand runs.
        foreach (var (level, message) in Logs.Entries.TakeLast(40))
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"{level}: {message}");
        }

        await Listener.DisposeAsync();
        await _transport.DisposeAsync();
        await WaitUntilIdleAsync();
        await Pipelines.Current.RetireAsync(null, TimeSpan.Zero, static _ => { }, Time);
        Files.Dispose();
        _loggers.Dispose();

        // Whatever middleware and clients do: the engine itself must not have failed.
        Assert.DoesNotContain(Logs.Entries, entry => entry.Level >= LogLevel.Error && entry.Message.StartsWith("Connection ", StringComparison.Ordinal));
    }

    private async Task<PipelineGeneration> BuildAsync(ServerSetup setup, int number)
    {
        var errors = new ErrorList();
        var builder = new PipelineBuilder(setup.Build(), setup.Catalog, errors, _loggers.CreateLogger("Webserv.Pipeline"))
        {
            AccessLogs = AccessLogs,
            TimeProvider = setup.PipelineTime,
        };
        var generation = await builder.BuildAsync(number, TestContext.Current.CancellationToken);
        Assert.Empty(errors.Items);
        return generation!;
    }
}
