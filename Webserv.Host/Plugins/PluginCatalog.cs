using Microsoft.Extensions.Logging;
using Webserv.Host.Configuration;
using Webserv.Host.Plugins.Compatibility;
using Webserv.Host.Plugins.Trust;
using Webserv.Host.Plugins.Versions;

namespace Webserv.Host.Plugins;

/// <summary>All plugins that were found, those that are loaded, and what they offer.</summary>
internal sealed class PluginCatalog : IMiddlewareCatalog, IAsyncDisposable
{
    private readonly PluginCache _cache;
    private readonly PluginsOptions _options;
    private readonly ILogger _logger;
    private readonly Dictionary<string, IMiddlewareRegistration> _middleware = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<PluginInstance> _plugins = [];

    /// <summary>The plugins that it loaded itself, and leases of those that it took over.</summary>
    private readonly List<IAsyncDisposable> _holds = [];
    private readonly List<PluginDescription> _descriptions = [];

    /// <summary>What is to be said and marked when they serve.</summary>
    private readonly List<Arrival> _arrivals = [];
    private bool _isPruned;

    private PluginCatalog(PluginCache cache, PluginsOptions options, ILogger logger) => (_cache, _options, _logger) = (cache, options, logger);

    /// <inheritdoc/>
    public IReadOnlyList<string> Names => [.. _middleware.Values.Select(registration => registration.Name).Order(StringComparer.OrdinalIgnoreCase)];

    /// <inheritdoc/>
    public IReadOnlyList<string> FailedPlugins =>
        [.. _descriptions.Where(plugin => plugin.State == PluginState.Failed).Select(plugin => plugin.Id)];

    /// <summary>The loaded plugins. Every middleware that is made of one keeps it loaded as well.</summary>
    public IReadOnlyList<PluginInstance> Plugins => _plugins;

    /// <summary>Everything that was found, sorted by id.</summary>
    public IReadOnlyList<PluginDescription> Descriptions => _descriptions;

    /// <summary>Those that are loaded in place of a build that fails, because they served before it, and not because the operator wants it.</summary>
    public IEnumerable<PluginDescription> FallBacks => _arrivals.Where(arrival => arrival.IsFallBack).Select(arrival => arrival.Plugin.Description);

    /// <summary>
    /// Finds and loads all plugins. One that fails is logged and described, and the others are loaded. One whose files are
    /// those of a plugin that is loaded already is taken over as it is, and so is one that fails in place of an earlier version.
    /// </summary>
    /// <param name="options">Where to look.</param>
    /// <param name="host">What plugins are lent.</param>
    /// <param name="settings">How to load; <see langword="null"/> for the defaults.</param>
    /// <param name="previous">What is loaded already; it goes on holding that.</param>
    /// <param name="cancellation">Abandons the start; what is loaded by then is unloaded.</param>
    /// <exception cref="IOException">There is no place for private copies, not even a temporary one.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    public static async Task<PluginCatalog> LoadAsync(
        PluginsOptions options,
        PluginHostServices host,
        PluginCatalogSettings? settings = null,
        PluginCatalog? previous = null,
        CancellationToken cancellation = default)
    {
        settings ??= new PluginCatalogSettings();
        var logger = host.LoggerFactory.CreateLogger("Webserv.Plugins");
        var hidden = new List<PluginCandidate>();
        var misnamed = new List<MisnamedPlugin>();
        var directories = PluginDiscovery.GetDirectories(settings.ProgramDirectory, options.Directories, host.ConfigurationDirectory);
        var candidates = PluginDiscovery.Find(directories, logger, hidden, misnamed);
        var catalog = new PluginCatalog(PluginCache.Open(settings.CacheDirectory, host.TimeProvider, logger), options, logger);
        try
        {
            var trust = new PluginTrust(options.Trust, settings.ProgramDirectory);
            var activator = new PluginActivator(catalog._cache, trust, host, settings, logger);
            settings = settings with { IsRoot = settings.IsRoot && options.Trust.CheckPermissions };
            foreach (var candidate in candidates)
            {
                await catalog.AddAsync(candidate, activator, trust, previous, settings, cancellation).ConfigureAwait(false);
            }

            foreach (var candidate in hidden)
            {
                catalog._descriptions.Add(new PluginDescription { Id = candidate.Id, File = candidate.File, State = PluginState.Overridden });
            }

            foreach (var folder in misnamed)
            {
                catalog._descriptions.Add(new PluginDescription
                {
                    Id = folder.Id,
                    File = folder.Expected,
                    State = PluginState.Misnamed,
                    Error = $"{folder.Expected} is not there, but {folder.FoundText}",
                });
            }

            catalog._descriptions.Sort((left, right) => StringComparer.OrdinalIgnoreCase.Compare(left.Id, right.Id));
            return catalog;
        }
        catch
        {
            await catalog.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public IMiddlewareRegistration? Find(string name) => _middleware.GetValueOrDefault(name);

    /// <summary>
    /// Tells of the plugins that are new, marks the copies of all as versions that have served, so that they can come back, and deletes
    /// copies that are too many. For a catalogue whose pipelines serve from now on: what is refused, or only looked at, is no such version.
    /// </summary>
    public void TakeIntoService()
    {
        foreach (var arrival in _arrivals)
        {
            arrival.Plugin.MarkServing(arrival.IsRollback);
            if (arrival.IsNew)
            {
                Tell(arrival);
            }
        }

        _arrivals.Clear();
        Prune();
    }

    /// <summary>Gives up all plugins; each is unloaded when its last lease ends. Waits for those that are unused by now.</summary>
    public async ValueTask DisposeAsync()
    {
        _middleware.Clear();
        _plugins.Clear();
        foreach (var hold in _holds)
        {
            await hold.DisposeAsync().ConfigureAwait(false);
        }

        _holds.Clear();
        _arrivals.Clear();
        Prune();
        _cache.Dispose();
    }

    private async Task AddAsync(
        PluginCandidate candidate,
        PluginActivator activator,
        PluginTrust trust,
        PluginCatalog? previous,
        PluginCatalogSettings settings,
        CancellationToken cancellation)
    {
        while (!await TryAddAsync(candidate, activator, trust, previous, settings, cancellation).ConfigureAwait(false))
        {
            // One that served before comes back no more, and another one is chosen.
        }
    }

    /// <returns><see langword="false"/> where a version that was to come back does not load; it is among those that fail from now on.</returns>
    private async Task<bool> TryAddAsync(
        PluginCandidate candidate,
        PluginActivator activator,
        PluginTrust trust,
        PluginCatalog? previous,
        PluginCatalogSettings settings,
        CancellationToken cancellation)
    {
        PluginMetadata? metadata = null;
        PluginInstance? plugin = null;
        var choice = default(PluginChoice);
        var loaded = previous?._plugins.Find(other => other.Description.Id == candidate.Id);
        var same = loaded?.Description.File == candidate.File ? loaded : null;
        try
        {
            if (settings.IsRoot && !OperatingSystem.IsWindows())
            {
                PluginPlace.Require(candidate);
            }

            choice = PluginChoice.Make(candidate, _cache.Root, settings.Failing, needsHash: same is not null, _logger);
            var state = choice.Kept ? PluginState.RolledBack : PluginState.Loaded;
            if (same?.Description.Hash is { } hash && hash == choice.Hash)
            {
                var signature = trust.IsRequiredOf(candidate) && !choice.Kept ? PluginSignature.Read(candidate) : same.Signature;
                trust.Require(candidate, hash, signature);
                same.Signature = signature ?? same.Signature;
                RequireNewNames(same);
                TakeOver(same, same.Description with { State = state });
                _arrivals.Add(new Arrival(same, choice, IsNew: false, Before: null));
                return true;
            }

            if (!choice.Kept)
            {
                metadata = PluginMetadataReader.Read(candidate.File);
                if (metadata is null)
                {
                    AddUnmarked(candidate);
                    return true;
                }

                PluginCompatibility.Require(candidate, metadata);
            }

            plugin = choice.Kept
                ? await activator.ActivateKeptAsync(candidate, choice.Hash!, cancellation).ConfigureAwait(false)
                : await activator.ActivateAsync(candidate, cancellation).ConfigureAwait(false);
            RequireNewNames(plugin);
            if (settings.RunInitializers)
            {
                await plugin.InitializeAsync(cancellation).ConfigureAwait(false);
            }

            settings.Register.Add(plugin);
            Add(plugin, plugin.Description with { State = state }, plugin);
            _arrivals.Add(new Arrival(plugin, choice, IsNew: true, loaded?.Metadata.Version));
            plugin = null;
        }
        catch (PluginException exception) when (choice.IsFallBack)
        {
            Report(candidate, exception);
            settings.Failing.Exclude(candidate.Id, choice.Hash!);
            return false;
        }
        catch (PluginException exception) when (
            loaded is not null && loaded.Middleware.All(IsNew) && MayGoOn(loaded, candidate, trust, settings))
        {
            // Until it is mended, what serves goes on serving.
            Report(candidate, exception);
            _logger.PluginKept(candidate.Id, loaded.Metadata.Version);
            TakeOver(loaded, loaded.Description with { File = candidate.File, State = PluginState.Kept, Error = exception.Message });
        }
        catch (PluginException exception)
        {
            Fail(candidate, metadata, plugin, exception);
        }
        finally
        {
            if (plugin is not null)
            {
                await plugin.DisposeAsync().ConfigureAwait(false);
            }
        }

        return true;
    }

    /// <summary>
    /// Whether what is loaded may serve in place of a candidate that cannot be. Where it came from another place, that is looked at as
    /// ever, unless it is there no more: what runs is a private copy.
    /// </summary>
    private static bool MayGoOn(PluginInstance loaded, PluginCandidate candidate, PluginTrust trust, PluginCatalogSettings settings)
    {
        if (trust.FindProblem(loaded.Candidate, loaded.Description.Hash!, loaded.Signature) is not null)
        {
            return false;
        }

        if (!settings.IsRoot || OperatingSystem.IsWindows() || loaded.Candidate.File == candidate.File || !File.Exists(loaded.Candidate.File))
        {
            return true;
        }

        try
        {
            PluginPlace.Require(loaded.Candidate);
            return true;
        }
        catch (PluginException)
        {
            // Why the candidate is not loaded is reported; this is no second reason, only no way out.
            return false;
        }
    }

    /// <summary>In a folder of its own it was meant to be a plugin; beside plugins it may be anything.</summary>
    private void AddUnmarked(PluginCandidate candidate)
    {
        if (candidate.HasFolder)
        {
            throw new PluginException("is not marked as a plugin: it has no [assembly: WebservPlugin(…)]");
        }

        _logger.NotAPlugin(candidate.File);
        _descriptions.Add(new PluginDescription { Id = candidate.Id, File = candidate.File, State = PluginState.NotAPlugin });
    }

    private bool IsNew(IMiddlewareRegistration registration) => !_middleware.ContainsKey(registration.Name);

    private void RequireNewNames(PluginInstance plugin)
    {
        foreach (var registration in plugin.Middleware)
        {
            if (_middleware.TryGetValue(registration.Name, out var other))
            {
                throw new PluginException($"offers the middleware '{registration.Name}', which plugin {other.PluginId} offers already");
            }
        }
    }

    private void Prune()
    {
        if (!_isPruned)
        {
            _isPruned = true;
            _cache.Prune(_options.KeptVersions, _options.KeptSize.Bytes);
        }
    }

    private void Tell(Arrival arrival)
    {
        if (!_logger.IsEnabled(LogLevel.Information))
        {
            return;
        }

        var plugin = arrival.Plugin;
        var middleware = plugin.Description.Middleware is { Count: > 0 } names ? string.Join(", ", names) : "no middleware";
        if (arrival.Before is null)
        {
            _logger.PluginLoaded(plugin.Description.Id, plugin.Metadata.Version, plugin.Description.File, middleware);
        }
        else
        {
            _logger.PluginReplaced(plugin.Description.Id, arrival.Before, plugin.Metadata.Version, plugin.Description.File, middleware);
        }
    }

    private void TakeOver(PluginInstance plugin, PluginDescription description) => Add(plugin, description, plugin.Acquire());

    private void Add(PluginInstance plugin, PluginDescription description, IAsyncDisposable hold)
    {
        foreach (var registration in plugin.Middleware)
        {
            _middleware.Add(registration.Name, registration);
        }

        _plugins.Add(plugin);
        _holds.Add(hold);
        _descriptions.Add(description);
    }

    private void Report(PluginCandidate candidate, PluginException exception)
    {
        _logger.PluginFailed(candidate.Id, candidate.File, exception.Message);
        if (exception.InnerException is { } cause)
        {
            _logger.PluginFailedBecause(candidate.Id, cause);
        }
    }

    private void Fail(PluginCandidate candidate, PluginMetadata? metadata, PluginInstance? plugin, PluginException exception)
    {
        Report(candidate, exception);
        _descriptions.Add(new PluginDescription
        {
            Id = candidate.Id,
            File = candidate.File,
            State = PluginState.Failed,
            Version = metadata?.Version,
            Abi = metadata?.Abi,
            Hash = plugin?.Description.Hash,
            Error = exception.Message,
            Middleware = plugin?.Description.Middleware ?? [],
        });
    }

    /// <summary>A plugin that is to serve.</summary>
    /// <param name="Plugin">The plugin.</param>
    /// <param name="Choice">How it was chosen.</param>
    /// <param name="IsNew">Whether it was not loaded before.</param>
    /// <param name="Before">The version in whose place it is loaded, if there is one.</param>
    private sealed record Arrival(PluginInstance Plugin, PluginChoice Choice, bool IsNew, Version? Before)
    {
        /// <summary>Whether it came back, which makes it no newer than it was.</summary>
        public bool IsRollback => Choice.Kept;

        /// <summary>Whether nobody asked for it to come back.</summary>
        public bool IsFallBack => Choice.IsFallBack;
    }
}
