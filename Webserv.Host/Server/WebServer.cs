using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Webserv.Host.Configuration;
using Webserv.Host.Control;
using Webserv.Host.Files;
using Webserv.Host.Http1;
using Webserv.Host.Metrics;
using Webserv.Host.Pipeline;
using Webserv.Host.Plugins;
using Webserv.Host.Proxies;
using Webserv.Host.Transport;

namespace Webserv.Host.Server;

/// <summary>A running server: transport, listeners, and the generation that serves.</summary>
internal sealed class WebServer : IAsyncDisposable
{
    // What a proxy connects for it sends at once; a connection that it keeps in stock must not hold up a stop for longer.
    private static readonly TimeSpan HeaderPatience = TimeSpan.FromSeconds(1);

    // What a stop may take besides the time of requests and that of the clean-up of plugins.
    private static readonly TimeSpan StopMargin = TimeSpan.FromSeconds(2);

    private readonly WebServerParts _parts;
    private readonly WebservOptions _started;
    private readonly Http1Server _http;
    private readonly ProxyProtocolHandler _connections;
    private readonly Dictionary<ListenEndpoint, IConnectionListener> _listeners = [];

    /// <summary>Held by one reload from its beginning to its end, however long plugins take for their part of it.</summary>
    private readonly SemaphoreSlim _changing = new(1, 1);

    /// <summary>Held by whoever changes what is listened on; no code of plugins runs meanwhile.</summary>
    private readonly SemaphoreSlim _listening = new(1, 1);
    private readonly ServerMeter _meter;
    private ServingState _serving;
    private Task[] _retirements = [];
    private ControlServer? _control;
    private volatile WebservOptions _options;
    private volatile bool _isStopping;
    private long? _stopBegan;

    private WebServer(WebServerParts parts, LoadedGeneration loaded, WebservOptions options)
    {
        _parts = parts;
        _started = _options = options;
        _serving = new ServingState(loaded, []);
        Pipelines = new PipelineHolder(loaded.Generation);
        _http = new Http1Server(options.Limits, Pipelines, parts.Files, parts.TimeProvider, parts.Loggers.CreateLogger<Http1Server>());
        _connections = new ProxyProtocolHandler(_http, options.Limits.MaxConnections, parts.TimeProvider, _http.Logger) { Options = options.Proxies.ProxyProtocol };
        _meter = new ServerMeter(this, _http, () => Serving, parts.PluginSettings.Register);
    }

    /// <summary>The generation that serves now.</summary>
    public PipelineHolder Pipelines { get; }

    /// <summary>What it listens on, in the order of the configuration.</summary>
    public IReadOnlyCollection<IConnectionListener> Listeners => _listeners.Values;

    /// <summary>The connections there are.</summary>
    public int ConnectionCount => _http.ConnectionCount;

    private ServingState Serving => Volatile.Read(ref _serving);

    private ILogger Logger => _http.Logger;

    /// <summary>Loads plugins, builds pipelines and binds the endpoints.</summary>
    /// <param name="options">The configuration.</param>
    /// <param name="errors">Gets everything that is wrong.</param>
    /// <param name="parts">What the server is made of; owned by it from now on, also when it does not start.</param>
    /// <param name="cancellation">Abandons the start.</param>
    /// <returns>The server, or <see langword="null"/> where something is wrong.</returns>
    public static async Task<WebServer?> StartAsync(
        WebservOptions options, IConfigurationErrors errors, WebServerParts parts, CancellationToken cancellation)
    {
        LoadedGeneration? loaded = null;
        try
        {
            loaded = await LoadedGeneration.LoadAsync(null, options, errors, parts, cancellation).ConfigureAwait(false);
        }
        finally
        {
            if (loaded is null)
            {
                await parts.DisposeAsync().ConfigureAwait(false);
            }
        }

        if (loaded is null)
        {
            return null;
        }

        var server = new WebServer(parts, loaded, options);
        if (await server.BindAsync(options, errors).ConfigureAwait(false) is { } bound && server.TryListenForCommands(options, errors) && Accept(bound, errors).Count == 0)
        {
            loaded.TakeIntoService(parts.PluginSettings);
            return server;
        }

        await server.DisposeAsync().ConfigureAwait(false);
        return null;
    }

    /// <summary>
    /// Puts another configuration in place. Plugins, middleware, virtual servers and endpoints that have not changed are
    /// kept; requests inside a virtual server that has changed end there. What takes a restart (<see cref="RestartKeys"/>) stays as it
    /// was at the start, and is named in the log.
    /// </summary>
    /// <returns>Whether it took effect; otherwise everything is as it was.</returns>
    public async Task<bool> ReloadAsync(WebservOptions options, IConfigurationErrors errors, CancellationToken cancellation)
    {
        await _changing.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            var next = await LoadedGeneration.LoadAsync(Serving.Loaded, options, errors, _parts, cancellation).ConfigureAwait(false);
            if (next is null)
            {
                return false;
            }

            if (await TryPutInPlaceAsync(next, options, errors).ConfigureAwait(false))
            {
                return true;
            }

            await next.RetireAsync(Serving.Loaded, TimeSpan.Zero, _http).ConfigureAwait(false);
            return false;
        }
        finally
        {
            _changing.Release();
        }
    }

    private async Task<bool> TryPutInPlaceAsync(LoadedGeneration next, WebservOptions options, IConfigurationErrors errors)
    {
        await _listening.WaitAsync().ConfigureAwait(false);
        try
        {
            // A server that was told to stop meanwhile must not listen again.
            if (_isStopping || await BindAsync(options, errors).ConfigureAwait(false) is not { } bound)
            {
                return false;
            }

            // Nothing refuses it any more; what the log says of its plugins stands there before the first answer of theirs.
            next.TakeIntoService(_parts.PluginSettings);
            var old = Serving.Loaded;
            ImmutableInterlocked.Update(ref _serving, serving => new ServingState(next, [.. serving.Retiring, old]));
            Pipelines.Swap(next.Generation);
            _connections.Options = options.Proxies.ProxyProtocol;
            _options = options;
            var deaf = Accept(bound, errors);
            var wanted = options.VirtualServers.SelectMany(server => server.Listen).ToHashSet();
            await CloseListenersAsync(endpoint => !wanted.Contains(endpoint) || deaf.Contains(endpoint)).ConfigureAwait(false);
            _retirements = [.. _retirements.Where(task => !task.IsCompleted), RetireAsync(old, next, options.Limits.ShutdownTimeout)];
            Log.Reloaded(Logger, next.Generation.Number, next.DescribeChanges(old));
            if (RestartKeys.Find(_started, options) is { Count: > 0 } keys)
            {
                Log.RestartNeeded(Logger, string.Join(", ", keys));
            }

            return true;
        }
        finally
        {
            _listening.Release();
        }
    }

    /// <summary>What can be said of its plugins at this moment.</summary>
    public ServerStatus GetStatus()
    {
        var loaded = Serving.Loaded;
        return ServerStatusBuilder.Build(
            loaded.Catalog.Descriptions, loaded.Generation, _parts.PluginSettings.Register, loaded.HasStatistics, _parts.TimeProvider);
    }

    /// <summary>Opens the files of access logs again, where they have been renamed.</summary>
    public async Task ReopenLogsAsync()
    {
        var count = await _parts.AccessLogs.ReopenAsync().ConfigureAwait(false);
        if (count == 0)
        {
            Log.NothingToReopen(Logger);
        }
        else
        {
            Log.LogFilesReopened(Logger, count);
        }
    }

    /// <summary>Stops accepting, lets what runs finish within the time of <c>Limits.ShutdownTimeout</c>, and cancels the rest.</summary>
    public async Task StopAsync()
    {
        await CloseAllListenersAsync().ConfigureAwait(false);
        var timeout = _options.Limits.ShutdownTimeout;
        var start = _parts.TimeProvider.GetTimestamp();
        await _connections.WaitForHeadersAsync(timeout < HeaderPatience ? timeout : HeaderPatience).ConfigureAwait(false);
        var left = timeout - _parts.TimeProvider.GetElapsedTime(start);
        if (!await _http.StopAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero).ConfigureAwait(false))
        {
            Log.StopTimedOut(Logger, timeout.TotalSeconds);
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_control is not null)
        {
            await _control.DisposeAsync().ConfigureAwait(false);
        }

        await CloseAllListenersAsync().ConfigureAwait(false);
        await _http.StopAsync(TimeSpan.Zero).ConfigureAwait(false);
        _meter.Dispose();
        await LetGoAsync().ConfigureAwait(false);
        await _parts.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>
    /// Waits for a reload that is under way, and until plugins are cleaned up. Each part of that has its time; the whole has
    /// one as well, so that many that use up theirs do not keep the server from its end.
    /// </summary>
    private async Task LetGoAsync()
    {
        var allowed = _options.Limits.ShutdownTimeout + _parts.PluginSettings.StopTimeout + StopMargin;
        var left = allowed - _parts.TimeProvider.GetElapsedTime(_stopBegan!.Value);
        try
        {
            await Task.WhenAll([_changing.WaitAsync(), .. _retirements, Serving.Loaded.RetireAsync(null, TimeSpan.Zero, _http)])
                .WaitAsync(left > StopMargin ? left : StopMargin, _parts.TimeProvider).ConfigureAwait(false);
            _changing.Dispose();
            _listening.Dispose();
        }
        catch (TimeoutException)
        {
            Log.PluginsNotLetGo(Logger, _parts.TimeProvider.GetElapsedTime(_stopBegan.Value).TotalSeconds);
        }
    }

    /// <summary>Its requests are counted until the last has ended.</summary>
    private async Task RetireAsync(LoadedGeneration old, LoadedGeneration next, TimeSpan timeout)
    {
        await old.RetireAsync(next, timeout, _http).ConfigureAwait(false);
        ImmutableInterlocked.Update(ref _serving, serving => serving with { Retiring = [.. serving.Retiring.Where(loaded => loaded != old)] });
    }

    private bool TryListenForCommands(WebservOptions options, IConfigurationErrors errors)
    {
        if (options.ControlSocket is not { } path)
        {
            return true;
        }

        try
        {
            var commands = new Dictionary<string, Func<string>>
            {
                [ControlServer.Plugins] = () => JsonSerializer.Serialize(GetStatus(), ControlJson.Default.ServerStatus),
            };
            _control = ControlServer.Start(path, commands, _parts.TimeProvider, Logger);
            return true;
        }
        catch (IOException exception)
        {
            errors.Add($"Webserv:{nameof(options.ControlSocket)}", exception.Message);
            return false;
        }
    }

    /// <summary>Binds the endpoints that are not bound yet; nothing is accepted on them before <see cref="Accept"/>.</summary>
    /// <returns>Their listeners, or <see langword="null"/> where one cannot be bound; none of them stays bound then.</returns>
    private async Task<List<IConnectionListener>?> BindAsync(WebservOptions options, IConfigurationErrors errors)
    {
        var bound = new List<IConnectionListener>();
        var failed = false;
        foreach (var server in options.VirtualServers)
        {
            for (var index = 0; index < server.Listen.Count; index++)
            {
                var endpoint = server.Listen[index];
                if (_listeners.ContainsKey(endpoint) || bound.Exists(listener => listener.Endpoint == endpoint))
                {
                    continue;
                }

                try
                {
                    bound.Add(_parts.Transport.Bind(endpoint, _connections));
                }
                catch (IOException exception)
                {
                    errors.Add($"{server.ConfigurationPath}:Listen:{index}", exception.Message);
                    failed = true;
                }
            }
        }

        if (failed)
        {
            foreach (var listener in bound)
            {
                await listener.DisposeAsync().ConfigureAwait(false);
            }

            return null;
        }

        foreach (var listener in bound)
        {
            _listeners.Add(listener.Endpoint, listener);
        }

        return bound;
    }

    /// <returns>The endpoints that cannot be accepted on.</returns>
    private static List<ListenEndpoint> Accept(List<IConnectionListener> bound, IConfigurationErrors errors)
    {
        var deaf = new List<ListenEndpoint>();
        foreach (var listener in bound)
        {
            try
            {
                listener.Start();
            }
            catch (IOException exception)
            {
                errors.Add("Webserv:VirtualServers", exception.Message);
                deaf.Add(listener.Endpoint);
            }
        }

        return deaf;
    }

    /// <summary>For good: a reload that is under way neither finds nor leaves any.</summary>
    private async Task CloseAllListenersAsync()
    {
        _isStopping = true;
        _stopBegan ??= _parts.TimeProvider.GetTimestamp();
        await _listening.WaitAsync().ConfigureAwait(false);
        try
        {
            await CloseListenersAsync(_ => true).ConfigureAwait(false);
        }
        finally
        {
            _listening.Release();
        }
    }

    private async Task CloseListenersAsync(Func<ListenEndpoint, bool> choose)
    {
        foreach (var endpoint in _listeners.Keys.Where(choose).ToArray())
        {
            _listeners.Remove(endpoint, out var listener);
            await listener!.DisposeAsync().ConfigureAwait(false);
        }
    }
}
