using Microsoft.Extensions.Logging;
using Webserv.Host.Configuration;
using Webserv.Host.Http1;
using Webserv.Host.Pipeline;
using Webserv.Host.Plugins;

namespace Webserv.Host.Server;

/// <summary>A generation of pipelines together with the plugins that it was made from.</summary>
internal sealed class LoadedGeneration
{
    private LoadedGeneration(PipelineGeneration generation, PluginCatalog catalog)
    {
        Generation = generation;
        Catalog = catalog;
    }

    /// <summary>The pipelines.</summary>
    public PipelineGeneration Generation { get; }

    /// <summary>The plugins.</summary>
    public PluginCatalog Catalog { get; }

    /// <summary>Whether it counts requests for each plugin.</summary>
    public bool HasStatistics { get; private init; }

    /// <summary>Loads the plugins and builds the pipelines of a configuration; what has not changed is taken over.</summary>
    /// <param name="previous">What serves now; <see langword="null"/> at the start.</param>
    /// <param name="options">The configuration.</param>
    /// <param name="errors">Gets what is wrong.</param>
    /// <param name="parts">What the server is made of.</param>
    /// <param name="cancellation">Abandons it.</param>
    /// <returns>Both, or <see langword="null"/> where something is wrong; nothing stays loaded then.</returns>
    public static async Task<LoadedGeneration?> LoadAsync(
        LoadedGeneration? previous, WebservOptions options, IConfigurationErrors errors, WebServerParts parts, CancellationToken cancellation)
    {
        var host = new PluginHostServices(options.Directory, parts.Loggers, parts.TimeProvider, parts.Files, parts.Transport.Pipes);
        var catalog = await PluginCatalog.LoadAsync(options.Plugins, host, parts.PluginSettings, previous?.Catalog, cancellation).ConfigureAwait(false);
        var logger = parts.Loggers.CreateLogger("Webserv.Pipeline");
        PipelineGeneration? generation = null;
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
        }
        finally
        {
            if (generation is null)
            {
                await catalog.DisposeAsync().ConfigureAwait(false);
            }
        }

        return generation is null ? null : new LoadedGeneration(generation, catalog) { HasStatistics = options.Plugins.Statistics };
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
