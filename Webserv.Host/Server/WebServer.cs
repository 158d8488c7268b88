using Microsoft.Extensions.Logging;
using Webserv.Host.Configuration;
using Webserv.Host.Files;
using Webserv.Host.Http1;
using Webserv.Host.Pipeline;
using Webserv.Host.Plugins;
using Webserv.Host.Transport;

namespace Webserv.Host.Server;

/// <summary>A running server: transport, listeners, and the generation that serves.</summary>
internal sealed class WebServer : IAsyncDisposable
{
    private readonly WebServerParts _parts;
    private readonly Http1Server _http;
    private readonly Dictionary<ListenEndpoint, IConnectionListener> _listeners = [];
    private readonly SemaphoreSlim _changing = new(1, 1);
    private LoadedGeneration _loaded;

    private WebServer(WebServerParts parts, LoadedGeneration loaded, LimitsOptions limits)
    {
        _parts = parts;
        _loaded = loaded;
        Pipelines = new PipelineHolder(loaded.Generation);
        _http = new Http1Server(limits, Pipelines, parts.Files, parts.TimeProvider, parts.Loggers.CreateLogger<Http1Server>());
    }

    /// <summary>The generation that serves now.</summary>
    public PipelineHolder Pipelines { get; }

    /// <summary>What it listens on, in the order of the configuration.</summary>
    public IReadOnlyCollection<IConnectionListener> Listeners => _listeners.Values;

    /// <summary>The connections there are.</summary>
    public int ConnectionCount => _http.ConnectionCount;

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
            loaded = await LoadedGeneration.LoadAsync(1, options, errors, parts, cancellation).ConfigureAwait(false);
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

        var server = new WebServer(parts, loaded, options.Limits);
        if (server.Bind(options, errors))
        {
            return server;
        }

        await server.DisposeAsync().ConfigureAwait(false);
        return null;
    }

    /// <summary>
    /// Puts another configuration in place: pipelines and plugins are loaded anew, endpoints that stay are kept, and
    /// requests inside the old pipelines end there. Limits and transport stay as they were at the start.
    /// </summary>
    /// <returns>Whether it took effect; otherwise everything is as it was.</returns>
    public async Task<bool> ReloadAsync(WebservOptions options, IConfigurationErrors errors, CancellationToken cancellation)
    {
        await _changing.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            var number = _loaded.Generation.Number + 1;
            var next = await LoadedGeneration.LoadAsync(number, options, errors, _parts, cancellation).ConfigureAwait(false);
            if (next is null)
            {
                return false;
            }

            var before = _listeners.Keys.ToHashSet();
            if (!Bind(options, errors))
            {
                await CloseListenersAsync(endpoint => !before.Contains(endpoint)).ConfigureAwait(false);
                await next.RetireAsync(TimeSpan.Zero, _parts.TimeProvider).ConfigureAwait(false);
                return false;
            }

            Pipelines.Swap(next.Generation);
            var old = _loaded;
            _loaded = next;
            var wanted = options.VirtualServers.SelectMany(server => server.Listen).ToHashSet();
            await CloseListenersAsync(endpoint => !wanted.Contains(endpoint)).ConfigureAwait(false);
            Log.Reloaded(Logger, number);
            await old.RetireAsync(options.Limits.ShutdownTimeout, _parts.TimeProvider).ConfigureAwait(false);
            return true;
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Stops accepting, lets what runs finish within the time of <c>Limits.ShutdownTimeout</c>, and cancels the rest.</summary>
    public async Task StopAsync()
    {
        await CloseListenersAsync(_ => true).ConfigureAwait(false);
        if (!await _http.StopAsync(_http.Limits.ShutdownTimeout).ConfigureAwait(false))
        {
            Log.StopTimedOut(Logger, _http.Limits.ShutdownTimeout.TotalSeconds);
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await CloseListenersAsync(_ => true).ConfigureAwait(false);
        await _loaded.RetireAsync(TimeSpan.FromSeconds(1), _parts.TimeProvider).ConfigureAwait(false);
        await _parts.DisposeAsync().ConfigureAwait(false);
        _changing.Dispose();
    }

    private bool Bind(WebservOptions options, IConfigurationErrors errors)
    {
        var allBound = true;
        foreach (var server in options.VirtualServers)
        {
            for (var index = 0; index < server.Listen.Count; index++)
            {
                var endpoint = server.Listen[index];
                if (_listeners.ContainsKey(endpoint))
                {
                    continue;
                }

                try
                {
                    _listeners.Add(endpoint, _parts.Transport.Bind(endpoint, _http));
                }
                catch (IOException exception)
                {
                    errors.Add($"{server.ConfigurationPath}:Listen:{index}", exception.Message);
                    allBound = false;
                }
            }
        }

        return allBound;
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
