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

    private WebservOptions Options()
    {
        var setup = new ServerSetup(inline: false);
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
