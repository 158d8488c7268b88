using Microsoft.Extensions.Logging;
using Webserv.Abstractions.Pipeline;
using Webserv.Host.Plugins;

namespace Webserv.Host.Pipeline;

/// <summary>
/// A middleware that was made for an entry. The virtual servers of several generations may hold it, as long as its plugin, its
/// options and its place stay the same; the last one to let go disposes it, and only then its plugin can be unloaded.
/// </summary>
internal sealed class MiddlewareInstance
{
    private readonly IMiddlewareRegistration _registration;
    private readonly IAsyncDisposable _plugin;
    private readonly string _fingerprint;
    private readonly ILogger _logger;
    private int _holders = 1;

    /// <summary>Takes over an instance; held once from now on.</summary>
    /// <param name="middleware">The instance.</param>
    /// <param name="registration">What made it.</param>
    /// <param name="fingerprint">What it was made from: differs where another instance would.</param>
    /// <param name="logger">Is told when it cannot be disposed.</param>
    public MiddlewareInstance(IMiddleware middleware, IMiddlewareRegistration registration, string fingerprint, ILogger logger)
    {
        Middleware = middleware;
        _registration = registration;
        _plugin = registration.HoldPlugin();
        _fingerprint = fingerprint;
        _logger = logger;
    }

    /// <summary>The instance.</summary>
    public IMiddleware Middleware { get; }

    /// <summary>How long its clean-up may take before it is given up.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The clock.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>The plugin that it is of.</summary>
    public string PluginId => _registration.PluginId;

    /// <summary>The hash of the build of the plugin; <see langword="null"/> where it has none.</summary>
    public string? PluginHash => _registration.PluginHash;

    /// <summary>Whether a registration would make the same from something.</summary>
    public bool IsMadeBy(IMiddlewareRegistration registration, string fingerprint) =>
        ReferenceEquals(_registration, registration) && _fingerprint == fingerprint;

    /// <summary>Whether the registration that made it is still the one that a catalogue has.</summary>
    public bool IsOfferedBy(IMiddlewareCatalog catalog) => ReferenceEquals(catalog.Find(_registration.Name), _registration);

    /// <summary>Holds it once more; whoever calls this knows that somebody else holds it.</summary>
    public MiddlewareInstance Hold()
    {
        Interlocked.Increment(ref _holders);
        return this;
    }

    /// <summary>Lets go of several, last first.</summary>
    public static async Task ReleaseAllAsync(IReadOnlyList<MiddlewareInstance> instances)
    {
        foreach (var instance in instances.Reverse())
        {
            await instance.ReleaseAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Lets go; the last one disposes the middleware. One that throws, or does not end, does not keep others from it.</summary>
    public async Task ReleaseAsync()
    {
        if (Interlocked.Decrement(ref _holders) > 0)
        {
            return;
        }

        try
        {
            if (Middleware is IAsyncDisposable or IDisposable)
            {
                await PluginCode.RunAsync(
                    PluginId, $"the clean-up of {_registration.Name}", _ => DisposeMiddlewareAsync(), StopTimeout, TimeProvider, _logger, CancellationToken.None)
                    .ConfigureAwait(false);
            }
        }
        catch (PluginException exception)
        {
            // Its plugin is let go all the same: what goes on in there keeps its code in memory by itself.
            Log.DisposeFailed(_logger, Middleware.GetType().Name, PluginId, exception.Message, exception);
        }

        await _plugin.DisposeAsync().ConfigureAwait(false);
    }

    private async Task DisposeMiddlewareAsync()
    {
        if (Middleware is IAsyncDisposable asyncDisposable)
        {
            await asyncDisposable.DisposeAsync().ConfigureAwait(false);
        }
        else if (Middleware is IDisposable disposable)
        {
            disposable.Dispose();
        }
    }
}
