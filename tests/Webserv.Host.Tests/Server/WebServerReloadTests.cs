using System.Globalization;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using Microsoft.Extensions.Logging;
using Webserv.Host.Configuration;
using Webserv.Host.Files;
using Webserv.Host.Pipeline;
using Webserv.Host.Server;
using Webserv.Host.Tests.Plugins;
using Webserv.Host.Transport;

namespace Webserv.Host.Tests.Server;

/// <summary>What reloads of a whole server leave behind.</summary>
public sealed class WebServerReloadTests : IDisposable
{
    private const int Reloads = 20;

    private readonly PluginSandbox _sandbox = new();
    private readonly ListenEndpoint _endpoint = new(null, 0, Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()));

    public void Dispose() => _sandbox.Dispose();

    [Fact]
    public async Task ReloadAsync_AgainAndAgain_LeavesNothingInMemory()
    {
        _sandbox.Install("Good");
        using var loggers = new LoggerFactory();
        await using var server = await StartAsync(loggers);

        // One that stays remembers the generation that served it last.
        using var kept = await ConnectAsync();
        kept.BePatient(TimeSpan.FromMinutes(2));
        Assert.Equal(404, (await kept.GetAsync("/")).Status);
        var locks = CountLocks();
        var old = new List<WeakReference>();
        for (var reload = 0; reload < Reloads; reload++)
        {
            old.Add(RememberGeneration(server.Pipelines));
            ChangePlugin(reload);
            Assert.True(await server.ReloadAsync(Options(), new ErrorList(), TestContext.Current.CancellationToken));
            using var client = await ConnectAsync();
            Assert.Equal(404, (await client.GetAsync("/")).Status);
        }

        await ServerRig.WaitAsync(() => IsGone(old) && LoadContexts() == 1, () => $"{old.Count(generation => generation.IsAlive)} generations, {LoadContexts()} load contexts");
        await ServerRig.WaitAsync(() => CountLocks() <= locks, () => $"{CountLocks()} private copies in use, {locks} before");
        Assert.Equal(404, (await kept.GetAsync("/")).Status);
    }

    [Fact]
    public async Task ReloadAsync_WhatTakesARestart_IsNamedInTheLogUntilItIsTakenBack()
    {
        _sandbox.Install("Good");
        using var logs = new CollectingLoggerProvider();
        using var loggers = new LoggerFactory([logs]);
        await using var server = await StartAsync(loggers);
        var options = Options("/run/another.sock");
        options.Limits.MaxRequestFields = 7;
        options.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(8);
        options.Limits.MaxRequestBodySize = 9;
        options.Limits.ShutdownTimeout = TimeSpan.FromSeconds(10);
        options.Transport.Backlog = 11;
        options.FileCache.MaxEntries = 12;
        Assert.True(await server.ReloadAsync(options, new ErrorList(), TestContext.Current.CancellationToken));
        var message = Assert.Single(logs.At(LogLevel.Warning), IsAboutARestart);
        foreach (var key in (string[])["Limits:MaxRequestFields", "Limits:KeepAliveTimeout", "Transport:Backlog", "FileCache:MaxEntries", "ControlSocket"])
        {
            Assert.Contains("Webserv:" + key, message, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("MaxRequestBodySize", message, StringComparison.Ordinal);
        Assert.DoesNotContain("ShutdownTimeout", message, StringComparison.Ordinal);
        Assert.DoesNotContain("MaxConnections", message, StringComparison.Ordinal);

        Assert.True(await server.ReloadAsync(Options(), new ErrorList(), TestContext.Current.CancellationToken));
        Assert.Single(logs.At(LogLevel.Warning), IsAboutARestart);
    }

    [Fact]
    public async Task ReloadAsync_ShutdownTimeout_HoldsForTheStop()
    {
        _sandbox.Install("Good");
        using var logs = new CollectingLoggerProvider();
        using var loggers = new LoggerFactory([logs]);
        await using var server = await StartAsync(loggers);
        var options = Options();
        options.Limits.ShutdownTimeout = TimeSpan.FromMilliseconds(10);
        Assert.True(await server.ReloadAsync(options, new ErrorList(), TestContext.Current.CancellationToken));
        using var client = await ConnectAsync();

        // A body that does not come: what the stop waits for.
        await client.SendAsync("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n");
        Assert.Equal(404, (await client.ReadAsync()).Status);
        await server.StopAsync();
        Assert.Single(logs.At(LogLevel.Warning), message => message.StartsWith("Requests still ran after 0.01 s", StringComparison.Ordinal));
    }

    private static bool IsAboutARestart(string message) => message.Contains("takes a restart", StringComparison.Ordinal);

    /// <summary>Any file of its folder is part of a plugin.</summary>
    private void ChangePlugin(int version) =>
        File.WriteAllText(Path.Combine(_sandbox.PluginsDirectory, "Good", "version.txt"), version.ToString(CultureInfo.InvariantCulture));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference RememberGeneration(PipelineHolder pipelines) => new(pipelines.Current);

    private static bool IsGone(List<WeakReference> references)
    {
        // A load context takes several collections to go: its finalizers run in between.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return references.TrueForAll(reference => !reference.IsAlive);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int LoadContexts() => AssemblyLoadContext.All.Count(context => context.Assemblies.Any(IsOwn));

    private bool IsOwn(System.Reflection.Assembly assembly) =>
        !assembly.IsDynamic && assembly.Location.StartsWith(_sandbox.Root, StringComparison.Ordinal);

    /// <summary>Each private copy that is in use is held by an open lock.</summary>
    private int CountLocks() => OperatingSystem.IsLinux() ? Directory.EnumerateFiles("/proc/self/fd").Count(IsLock) : 0;

    private bool IsLock(string descriptor)
    {
        try
        {
            return File.ResolveLinkTarget(descriptor, returnFinalTarget: false)?.FullName.StartsWith(_sandbox.Root, StringComparison.Ordinal) == true;
        }
        catch (FileNotFoundException)
        {
            return false; // One of another test, which has closed it since.
        }
    }

    private async Task<RawClient> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(_endpoint.UnixPath!), TestContext.Current.CancellationToken);
        return new RawClient(new NetworkStream(socket, ownsSocket: true), () => socket.Shutdown(SocketShutdown.Send), socket.Dispose);
    }

    private WebservOptions Options(string? controlSocket = null)
    {
        var setup = new ServerSetup(inline: false) { ControlSocket = controlSocket };
        setup.Servers.Add(new VirtualServerOptions
        {
            ConfigurationPath = "Webserv:VirtualServers:0",
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
        var options = Options();
        var transport = TransportFactory.Create(options.Transport, loggers, TimeProvider.System);
        var files = new OpenFileCache(options.FileCache, TimeProvider.System, loggers.CreateLogger<OpenFileCache>());
        var errors = new ErrorList();
        var parts = new WebServerParts(transport, files, loggers, TimeProvider.System, _sandbox.Settings);
        var server = await WebServer.StartAsync(options, errors, parts, TestContext.Current.CancellationToken);
        Assert.Empty(errors.Items);
        return server!;
    }
}
