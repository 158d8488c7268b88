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
    private readonly Dictionary<string, IMiddlewareRegistration> _middleware = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<PluginInstance> _plugins = [];

    /// <summary>The plugins that it loaded itself, and leases of those that it took over.</summary>
    private readonly List<IAsyncDisposable> _holds = [];
    private readonly List<PluginDescription> _descriptions = [];

    private PluginCatalog(PluginCache cache) => _cache = cache;

    /// <inheritdoc/>
    public IReadOnlyList<string> Names => [.. _middleware.Values.Select(registration => registration.Name).Order(StringComparer.OrdinalIgnoreCase)];

    /// <inheritdoc/>
    public IReadOnlyList<string> FailedPlugins =>
        [.. _descriptions.Where(plugin => plugin.State == PluginState.Failed).Select(plugin => plugin.Id)];

    /// <summary>The loaded plugins. Every middleware that is made of one keeps it loaded as well.</summary>
    public IReadOnlyList<PluginInstance> Plugins => _plugins;

    /// <summary>Everything that was found, sorted by id.</summary>
    public IReadOnlyList<PluginDescription> Descriptions => _descriptions;

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
        var catalog = new PluginCatalog(PluginCache.Open(settings.CacheDirectory, host.TimeProvider, logger));
        try
        {
            var trust = new PluginTrust(options.Trust, settings.ProgramDirectory);
            var activator = new PluginActivator(catalog._cache, trust, host, settings, logger);
            settings = settings with { IsRoot = settings.IsRoot && options.Trust.CheckPermissions };
            foreach (var candidate in candidates)
            {
                await catalog.AddAsync(candidate, activator, trust, previous, settings, logger, cancellation).ConfigureAwait(false);
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
            catalog._cache.Prune(options.KeptVersions, options.KeptSize.Bytes);
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
        _cache.Dispose();
    }

    private async Task AddAsync(
        PluginCandidate candidate,
        PluginActivator activator,
        PluginTrust trust,
        PluginCatalog? previous,
        PluginCatalogSettings settings,
        ILogger logger,
        CancellationToken cancellation)
    {
        PluginMetadata? metadata = null;
        PluginInstance? plugin = null;
        var loaded = previous?._plugins.Find(other => other.Description.Id == candidate.Id);
        var same = loaded?.Description.File == candidate.File ? loaded : null;
        try
        {
            if (settings.IsRoot && !OperatingSystem.IsWindows())
            {
                PluginPlace.Require(candidate);
            }

            var choice = PluginChoice.Make(candidate, _cache.Root, settings.Failing, needsHash: same is not null, logger);
            var state = choice.Kept ? PluginState.RolledBack : PluginState.Loaded;
            if (same?.Description.Hash is { } hash && hash == choice.Hash)
            {
                var signature = trust.IsRequiredOf(candidate) && !choice.Kept ? PluginSignature.Read(candidate) : same.Signature;
                trust.Require(candidate, hash, signature);
                same.Signature = signature ?? same.Signature;
                RequireNewNames(same);
                Mark(same, state, settings);
                TakeOver(same, same.Description with { State = state });
                return;
            }

            if (!choice.Kept)
            {
                metadata = PluginMetadataReader.Read(candidate.File);
                if (metadata is null)
                {
                    AddUnmarked(candidate, logger);
                    return;
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

            Mark(plugin, state, settings);
            settings.Register.Add(plugin);
            Add(plugin, plugin.Description with { State = state }, loaded, logger);
            plugin = null;
        }
        catch (PluginException exception) when (
            loaded is not null && loaded.Middleware.All(IsNew) && MayGoOn(loaded, candidate, trust, settings))
        {
            // Until it is mended, what serves goes on serving.
            Report(candidate, exception, logger);
            logger.PluginKept(candidate.Id, loaded.Metadata.Version);
            TakeOver(loaded, loaded.Description with { File = candidate.File, State = PluginState.Kept, Error = exception.Message });
        }
        catch (PluginException exception)
        {
            Fail(candidate, metadata, plugin, exception, logger);
        }
        finally
        {
            if (plugin is not null)
            {
                await plugin.DisposeAsync().ConfigureAwait(false);
            }
        }
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
    private void AddUnmarked(PluginCandidate candidate, ILogger logger)
    {
        if (candidate.HasFolder)
        {
            throw new PluginException("is not marked as a plugin: it has no [assembly: WebservPlugin(…)]");
        }

        logger.NotAPlugin(candidate.File);
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

    /// <summary>A mere look at plugins puts none into service.</summary>
    private static void Mark(PluginInstance plugin, PluginState state, PluginCatalogSettings settings)
    {
        if (settings.RunInitializers)
        {
            plugin.MarkServing(isRollback: state == PluginState.RolledBack);
        }
    }

    private void Add(PluginInstance plugin, PluginDescription description, PluginInstance? before, ILogger logger)
    {
        Add(plugin, description, plugin);
        if (!logger.IsEnabled(LogLevel.Information))
        {
            return;
        }

        var middleware = plugin.Description.Middleware is { Count: > 0 } names ? string.Join(", ", names) : "no middleware";
        if (before is null)
        {
            logger.PluginLoaded(plugin.Description.Id, plugin.Metadata.Version, plugin.Description.File, middleware);
        }
        else
        {
            logger.PluginReplaced(plugin.Description.Id, before.Metadata.Version, plugin.Metadata.Version, plugin.Description.File, middleware);
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

    private static void Report(PluginCandidate candidate, PluginException exception, ILogger logger)
    {
        logger.PluginFailed(candidate.Id, candidate.File, exception.Message);
        if (exception.InnerException is { } cause)
        {
            logger.PluginFailedBecause(candidate.Id, cause);
        }
    }

    private void Fail(PluginCandidate candidate, PluginMetadata? metadata, PluginInstance? plugin, PluginException exception, ILogger logger)
    {
        Report(candidate, exception, logger);
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
}
