using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Webserv.Abstractions.Plugins;
using Webserv.Host.Plugins.Versions;

namespace Webserv.Host.Plugins;

/// <summary>
/// A plugin that is loaded: its load context, its container and the middleware it offers. It is unloaded when its owner
/// has disposed it and the last lease has ended; every middleware that was made holds one until it is disposed.
/// </summary>
internal sealed class PluginInstance : IAsyncDisposable
{
    private readonly PluginCatalogSettings _settings;
    private readonly PluginHostServices _host;
    private readonly ILogger _logger;
    private readonly TaskCompletionSource _unloaded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private PluginAssemblyLoader? _loader;
    private ServiceProvider? _services;
    private ShadowCopy? _copy;
    private IReadOnlyList<IPluginMiddleware> _middleware;

    /// <summary>Owner and leases; at zero the plugin is unloaded.</summary>
    private int _users = 1;

    private int _isDisposed;
    private long _unloadedAt;

    /// <summary>Takes over everything that belongs to the plugin.</summary>
    public PluginInstance(
        PluginCandidate candidate,
        PluginMetadata metadata,
        PluginAssemblyLoader loader,
        ShadowCopy copy,
        ServiceProvider services,
        IReadOnlyList<IPluginMiddleware> middleware,
        PluginHostServices host,
        PluginCatalogSettings settings,
        ILogger logger)
    {
        _loader = loader;
        _services = services;
        _copy = copy;
        _middleware = middleware;
        Usage = middleware is [var first, ..] ? first.Usage : null;
        _host = host;
        _settings = settings;
        _logger = logger;
        LoadContext = loader.LoadContext;
        Candidate = candidate;
        Metadata = metadata;
        Description = new PluginDescription
        {
            Id = candidate.Id,
            File = candidate.File,
            State = PluginState.Loaded,
            Version = metadata.Version,
            Abi = metadata.Abi,
            Hash = copy.Hash,
            Middleware = [.. middleware.Select(registration => registration.Name)],
        };
        foreach (var registration in middleware)
        {
            registration.Attach(this, services);
        }
    }

    /// <summary>What it was found as.</summary>
    public PluginCandidate Candidate { get; }

    /// <summary>What the plugin is.</summary>
    public PluginDescription Description { get; }

    /// <summary>What the plugin says about itself.</summary>
    public PluginMetadata Metadata { get; }

    /// <summary>The signature that it was trusted by last, or <see langword="null"/> where none was asked for.</summary>
    public byte[]? Signature { get; set; }

    /// <summary>What it offers; empty when it is unloaded.</summary>
    public IReadOnlyList<IMiddlewareRegistration> Middleware => _middleware;

    /// <summary>Dead when the plugin is out of memory.</summary>
    public WeakReference LoadContext { get; }

    /// <summary>The requests inside; <see langword="null"/> where it offers nothing that they could be in.</summary>
    public PluginUsage? Usage { get; }

    /// <summary>The how many-th build of the plugin this is that was loaded; 0 before it is registered.</summary>
    public int Number { get; set; }

    /// <summary>Its owner and those that use it.</summary>
    public int Users => Volatile.Read(ref _users);

    /// <summary>The timestamp of when it was unloaded; <see langword="null"/> where it is not.</summary>
    public long? UnloadedAt => Unloaded.IsCompleted ? Volatile.Read(ref _unloadedAt) : null;

    /// <summary>Ends when the plugin has been cleaned up and unloading has begun.</summary>
    public Task Unloaded => _unloaded.Task;

    /// <summary>Marks its copy as one of a version that serves, so that it is kept.</summary>
    /// <param name="isRollback">Whether it came back, which makes it no newer than it was.</param>
    public void MarkServing(bool isRollback)
    {
        if (_copy is not { } copy)
        {
            return;
        }

        try
        {
            copy.Touch();
            var kept = KeptVersion.Find(Path.GetDirectoryName(Path.GetDirectoryName(copy.Directory)!)!, Description.Id);
            var own = KeptVersion.Read(copy.Directory);
            if (own is null || (!isRollback && kept is [var newest, ..] && newest.Hash != own.Hash))
            {
                var length = PluginFileSet.OfFolder(copy.Directory).Paths.Sum(file => new FileInfo(file).Length);
                own = new KeptVersion(copy.Directory, Metadata.Version, _host.TimeProvider.GetUtcNow().UtcDateTime, length);
            }

            own.Write(Signature);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It serves all the same, and cannot come back later.
            _logger.VersionNotMarked(Description.Id, copy.Directory, exception.Message);
        }
    }

    /// <summary>Keeps the plugin loaded until the lease is disposed.</summary>
    /// <exception cref="ObjectDisposedException">It is unloaded already.</exception>
    public PluginLease Acquire()
    {
        for (var users = Volatile.Read(ref _users); ;)
        {
            ObjectDisposedException.ThrowIf(users == 0, this);
            var seen = Interlocked.CompareExchange(ref _users, users + 1, users);
            if (seen == users)
            {
                return new PluginLease(this);
            }

            users = seen;
        }
    }

    /// <summary>Awaits what the plugin registered as <see cref="IAsyncInitializer"/>.</summary>
    /// <exception cref="PluginException">It failed or took too long.</exception>
    public Task InitializeAsync(CancellationToken cancellation)
    {
        var services = _services;
        ObjectDisposedException.ThrowIf(services is null, this);
        return PluginCode.RunAsync(
            Description.Id, "its initialisation", token => InitializeAsync(services, token), _settings.StartTimeout, _host.TimeProvider, _logger, cancellation);
    }

    /// <summary>Gives up ownership. The last one out waits until the plugin is cleaned up.</summary>
    public ValueTask DisposeAsync() =>
        Interlocked.Exchange(ref _isDisposed, 1) == 0 ? ReleaseAsync() : ValueTask.CompletedTask;

    /// <summary>Ends one use.</summary>
    internal ValueTask ReleaseAsync() =>
        Interlocked.Decrement(ref _users) == 0 ? new ValueTask(UnloadAsync()) : ValueTask.CompletedTask;

    private static async Task InitializeAsync(ServiceProvider services, CancellationToken cancellation)
    {
        foreach (var initializer in services.GetServices<IAsyncInitializer>())
        {
            await initializer.InitializeAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Every reference into the plugin is dropped, because any one of them keeps all of it in memory.</summary>
    private async Task UnloadAsync()
    {
        foreach (var registration in _middleware)
        {
            registration.Attach(null, null);
        }

        _middleware = [];
        var services = Interlocked.Exchange(ref _services, null);
        try
        {
            if (services is not null)
            {
                await PluginCode.RunAsync(
                    Description.Id, "its clean-up", _ => services.DisposeAsync().AsTask(), _settings.StopTimeout, _host.TimeProvider, _logger, CancellationToken.None)
                    .ConfigureAwait(false);
            }
        }
        catch (PluginException exception)
        {
            // It goes all the same; what it holds on to is its own.
            _logger.PluginCleanUpFailed(Description.Id, exception.Message, exception);
        }

        Interlocked.Exchange(ref _loader, null)?.Dispose();
        Interlocked.Exchange(ref _copy, null)?.Dispose();
        _logger.PluginUnloaded(Description.Id, Metadata.Version);
        Volatile.Write(ref _unloadedAt, _host.TimeProvider.GetTimestamp());
        _unloaded.SetResult();
        _ = UnloadWatch.RunAsync(LoadContext, Description.Id, Metadata.Version, _host.TimeProvider, _logger);
    }
}
