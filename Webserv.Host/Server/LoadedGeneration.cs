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

    /// <summary>Loads the plugins and builds the pipelines of a configuration.</summary>
    /// <returns>Both, or <see langword="null"/> where something is wrong; nothing stays loaded then.</returns>
    public static async Task<LoadedGeneration?> LoadAsync(
        int number, WebservOptions options, IConfigurationErrors errors, WebServerParts parts, CancellationToken cancellation)
    {
        var host = new PluginHostServices(options.Directory, parts.Loggers, parts.TimeProvider, parts.Files, parts.Transport.Pipes);
        var catalog = await PluginCatalog.LoadAsync(options.Plugins, host, parts.PluginSettings, cancellation).ConfigureAwait(false);
        var logger = parts.Loggers.CreateLogger("Webserv.Pipeline");
        PipelineGeneration? generation = null;
        try
        {
            var builder = new PipelineBuilder(options, catalog, errors, logger) { AccessLogs = parts.AccessLogs };
            generation = await builder.BuildAsync(number, cancellation).ConfigureAwait(false);
        }
        finally
        {
            if (generation is null)
            {
                await catalog.DisposeAsync().ConfigureAwait(false);
            }
        }

        return generation is null ? null : new LoadedGeneration(generation, catalog);
    }

    /// <summary>Lets requests inside finish, then disposes middleware and unloads plugins.</summary>
    /// <param name="timeout">How long to wait before the rest is cancelled.</param>
    /// <param name="http">Whose requests they are.</param>
    public async Task RetireAsync(TimeSpan timeout, Http1Server http)
    {
        await Generation.RetireAsync(timeout, http.Cancel, http.TimeProvider).ConfigureAwait(false);
        http.Forget(Generation);
        await Catalog.DisposeAsync().ConfigureAwait(false);
    }
}
