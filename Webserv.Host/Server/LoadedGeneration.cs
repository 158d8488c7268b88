using Microsoft.Extensions.Logging;
using Webserv.Host.Configuration;
using Webserv.Host.Http1;
using Webserv.Host.Pipeline;
using Webserv.Host.Plugins;
using Webserv.Host.Plugins.Versions;

namespace Webserv.Host.Server;

/// <summary>A generation of pipelines together with the plugins that it was made from.</summary>
internal sealed class LoadedGeneration
{
    private readonly FailingPlugins _failing;

    private LoadedGeneration(PipelineGeneration generation, PluginCatalog catalog, FailingPlugins failing)
    {
        Generation = generation;
        Catalog = catalog;
        _failing = failing;
    }

    /// <summary>The pipelines.</summary>
    public PipelineGeneration Generation { get; }

    /// <summary>The plugins.</summary>
    public PluginCatalog Catalog { get; }

    /// <summary>Whether it counts requests for each plugin.</summary>
    public bool HasStatistics { get; private init; }

    /// <summary>
    /// Loads the plugins and builds the pipelines of a configuration; what has not changed is taken over. A version of a plugin that came
    /// back by itself and does not go with the configuration gives way to the one before it, or to the files that are there.
    /// </summary>
    /// <param name="previous">What serves now; <see langword="null"/> at the start.</param>
    /// <param name="options">The configuration.</param>
    /// <param name="errors">Gets what is wrong.</param>
    /// <param name="parts">What the server is made of.</param>
    /// <param name="cancellation">Abandons it.</param>
    /// <returns>Both, or <see langword="null"/> where something is wrong; nothing stays loaded then.</returns>
    public static async Task<LoadedGeneration?> LoadAsync(
        LoadedGeneration? previous, WebservOptions options, IConfigurationErrors errors, WebServerParts parts, CancellationToken cancellation)
    {
        var failing = parts.PluginSettings.Failing;
        HeldErrors? fewest = null;
        while (true)
        {
            var held = new HeldErrors(errors);
            var (loaded, misfits) = await TryLoadAsync(previous, options, held, parts, failing, cancellation).ConfigureAwait(false);
            if (loaded is not null)
            {
                held.PassOn();
                return loaded;
            }

            fewest = fewest is null || held.Count < fewest.Count ? held : fewest;
            if (misfits.Count == 0)
            {
                // What is wrong without those that came back is wrong with the configuration.
                fewest.PassOn();
                return null;
            }

            // Each time there is one more that is not tried again. None of it lasts unless what comes of it serves.
            failing = failing.Copy();
            var logger = parts.Loggers.CreateLogger("Webserv.Plugins");
            foreach (var misfit in misfits)
            {
                logger.FallBackDoesNotFit(misfit.Id, misfit.Version, misfit.Hash!, held.First);
                failing.Exclude(misfit.Id, misfit.Hash!);
            }
        }
    }

    /// <summary>It serves from now on.</summary>
    /// <param name="settings">How plugins are loaded; learns which versions are not to come back again.</param>
    public void TakeIntoService(PluginCatalogSettings settings)
    {
        settings.Failing.Exclude(_failing);
        Catalog.TakeIntoService();
    }

    private static async Task<(LoadedGeneration? Loaded, IReadOnlyList<PluginDescription> Misfits)> TryLoadAsync(
        LoadedGeneration? previous,
        WebservOptions options,
        IConfigurationErrors errors,
        WebServerParts parts,
        FailingPlugins failing,
        CancellationToken cancellation)
    {
        var host = new PluginHostServices(options.Directory, parts.Loggers, parts.TimeProvider, parts.Files, parts.Transport.Pipes);
        var settings = parts.PluginSettings with { Failing = failing };
        var catalog = await PluginCatalog.LoadAsync(options.Plugins, host, settings, previous?.Catalog, cancellation).ConfigureAwait(false);
        var logger = parts.Loggers.CreateLogger("Webserv.Pipeline");
        PipelineGeneration? generation = null;
        IReadOnlyList<PluginDescription> misfits = [];
        try
        {
            var builder = new PipelineBuilder(options, catalog, errors, logger)
            {
                AccessLogs = parts.AccessLogs,
                Previous = previous?.Generation,
                TimeProvider = parts.TimeProvider,
                StartTimeout = parts.PluginSettings.StartTimeout,
                StopTimeout = parts.PluginSettings.StopTimeout,
                Failing = parts.PluginSettings.Failing,
            };
            BudgetCheck.Warn(options.Plugins, catalog, logger);
            generation = await builder.BuildAsync((previous?.Generation.Number ?? 0) + 1, cancellation).ConfigureAwait(false);
            misfits = generation is not null ? []
                : [.. catalog.FallBacks.Where(plugin => builder.HasUnknownMiddleware || builder.FailedPlugins.Contains(plugin.Id))];
        }
        finally
        {
            if (generation is null)
            {
                await catalog.DisposeAsync().ConfigureAwait(false);
            }
        }

        return (generation is null ? null : new LoadedGeneration(generation, catalog, failing) { HasStatistics = options.Plugins.Statistics }, misfits);
    }

    /// <summary>The names of the virtual servers that are not those of another generation; "none" where all are.</summary>
    public string DescribeChanges(LoadedGeneration old)
    {
        var before = old.Generation.Servers.Servers;
        var changed = string.Join(", ", Generation.Servers.Servers.Where(server => !before.Contains(server)).Select(server => server.Name));
        return changed.Length == 0 ? "none" : changed;
    }

    /// <summary>Lets requests inside finish, then lets go of middleware and plugins; the last to let go unloads them.</summary>
    /// <param name="next">What takes its place, and some of its virtual servers along; <see langword="null"/> where nothing does.</param>
    /// <param name="timeout">How long to wait before the rest is cancelled.</param>
    /// <param name="http">Whose requests they are.</param>
    public async Task RetireAsync(LoadedGeneration? next, TimeSpan timeout, Http1Server http)
    {
        http.Forget(Generation);
        await Generation.RetireAsync(next?.Generation, timeout, http.Cancel, http.TimeProvider).ConfigureAwait(false);
        await Catalog.DisposeAsync().ConfigureAwait(false);
    }
}
