using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Webserv.Host.Commands;
using Webserv.Host.Configuration;
using Webserv.Host.Logging;
using Webserv.Host.Plugins;
using Webserv.Host.Plugins.Documentation;
using Webserv.Host.Plugins.Trust;
using Webserv.Host.Server.Watching;
using Webserv.Host.Transport.Activation;

namespace Webserv.Host.Server;

/// <summary>What the commands do: runs the server between signals, and looks at configurations and plugins without serving.</summary>
internal sealed class ServerHost : IServerHost
{
    /// <inheritdoc />
    public async Task<int> RunAsync(string configurationFile, string? pidFile, TextWriter output, TextWriter errors, CancellationToken cancellation)
    {
        var beforeLoading = FileStates.Take(Path.GetFullPath(configurationFile), null, AppContext.BaseDirectory);
        var loaded = ConfigurationLoader.Load(configurationFile);
        if (loaded.Options is not { } options || loaded.Errors.Count > 0)
        {
            // Before there is a log: it is made of what may be wrong.
            return await ReportAsync(loaded, errors).ConfigureAwait(false);
        }

        using var loggers = HostLogging.Create(loaded.Configuration);
        using var lastWords = new LastWords(loggers);
        var logger = loggers.CreateLogger("Webserv");
        var inherited = InheritedSockets.FromEnvironment();
        var manager = ServiceNotifier.FromEnvironment(logger);
        using var signals = new StopSignals(cancellation);
        using var reloads = new ReloadSignals();
        var watcher = new ChangeWatcher(options, beforeLoading, AppContext.BaseDirectory, TimeProvider.System, logger);
        await using var watching = watcher.ConfigureAwait(false);
        WebServer? server;
        var plugins = new PluginCatalogSettings();
        try
        {
            server = await WebServer.StartAsync(options, loaded.Collector, WebServerParts.Create(options, loggers, plugins, inherited), signals.Stopping).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (signals.Stopping.IsCancellationRequested)
        {
            // Told to stop before it served: that is an end in order.
            Log.StoppedAtStart(logger);
            return ExitCodes.Success;
        }

        // Also where the start has failed: the endpoint that cannot be bound may be one of these, written in another way.
        foreach (var socket in inherited.Unused)
        {
            Log.SocketNotUsed(logger, socket.ToString());
        }

        if (server is null)
        {
            return await ReportAsync(loaded, errors).ConfigureAwait(false);
        }

        await using (server)
        {
            PidFile? pid;
            try
            {
                // Not before the endpoints are its own, nor before SIGHUP is caught: until then the file is that of a server that runs already.
                pid = pidFile is null ? null : PidFile.Write(pidFile);
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or ArgumentException)
            {
                await errors.WriteLineAsync($"webserv: the pid file {pidFile} cannot be written: {problem.Message}").ConfigureAwait(false);
                return ExitCodes.Failure;
            }

            using var held = pid;
            await PrintEndpointsAsync(options, server, output).ConfigureAwait(false);
            manager.Ready();
            Func<Task> reload = () => ReloadAsync(server, configurationFile, watcher, manager, logger, signals.Stopping);
            reloads.Attach(() => DetachedTask.Start(reload), () => DetachedTask.Start(server.ReopenLogsAsync));
            watcher.Start(reload);
            plugins.Failing.Attach(() => DetachedTask.Start(reload));
            await signals.WaitAsync().ConfigureAwait(false);
            manager.Stopping();
            plugins.Failing.Attach(null);
            await watcher.StopAsync().ConfigureAwait(false);
            Log.Stopping(logger, server.ConnectionCount);
            await server.StopAsync().ConfigureAwait(false);
        }

        return ExitCodes.Success;
    }

    /// <inheritdoc />
    public async Task<int> CheckAsync(string configurationFile, TextWriter output, TextWriter errors, CancellationToken cancellation)
    {
        var loaded = ConfigurationLoader.Load(configurationFile);
        if (loaded.Options is { } options)
        {
            var parts = WebServerParts.Create(options, NullLoggerFactory.Instance, new PluginCatalogSettings { RunInitializers = false });
            await using (parts)
            {
                await CheckPipelinesAsync(options, loaded.Collector, parts, cancellation).ConfigureAwait(false);
            }
        }

        if (loaded.Errors.Count > 0)
        {
            return await ReportAsync(loaded, errors).ConfigureAwait(false);
        }

        await output.WriteLineAsync($"{configurationFile}: no errors".AsMemory(), cancellation).ConfigureAwait(false);
        return ExitCodes.Success;
    }

    /// <inheritdoc />
    public async Task<int> ListPluginsAsync(
        string configurationFile, PluginListing listing, TextWriter output, TextWriter errors, CancellationToken cancellation)
    {
        if (listing != PluginListing.Found)
        {
            var loaded = ConfigurationLoader.Load(configurationFile);
            if (loaded.Options is not { } options)
            {
                return await ReportAsync(loaded, errors).ConfigureAwait(false);
            }

            if (await RunningPlugins.ListAsync(options.ControlSocket, listing, output, errors, cancellation).ConfigureAwait(false) is { } status)
            {
                return status;
            }
        }

        return await WithPluginsAsync(configurationFile, errors, async catalog =>
        {
            foreach (var plugin in catalog.Descriptions)
            {
                await output.WriteLineAsync(PluginReport.Line(plugin)).ConfigureAwait(false);
            }

            return catalog.FailedPlugins.Count == 0 ? ExitCodes.Success : ExitCodes.Failure;
        }, cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public async Task<int> InspectPluginAsync(
        string configurationFile, string id, TextWriter output, TextWriter errors, CancellationToken cancellation)
    {
        return await WithPluginsAsync(configurationFile, errors, async catalog =>
        {
            if (catalog.Descriptions.FirstOrDefault(plugin => plugin.Id.Equals(id, StringComparison.OrdinalIgnoreCase)) is { } found)
            {
                var loaded = found.State is PluginState.Loaded or PluginState.RolledBack or PluginState.Kept
                    ? catalog.Plugins.FirstOrDefault(plugin => plugin.Description.Id == found.Id)
                    : null;
                var reference = loaded is null ? null : PluginReference.Of(loaded, TextStyle.Plain);
                await output.WriteAsync(PluginReport.Details(found, reference)).ConfigureAwait(false);
                return found.State == PluginState.Failed ? ExitCodes.Failure : ExitCodes.Success;
            }

            var hint = NearestName.Hint(id, [.. catalog.Descriptions.Select(plugin => plugin.Id)]);
            await errors.WriteLineAsync($"webserv: there is no plugin '{id}'{hint}").ConfigureAwait(false);
            return ExitCodes.Failure;
        }, cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public async Task<int> WritePluginReferenceAsync(string configurationFile, TextWriter output, TextWriter errors, CancellationToken cancellation)
    {
        return await WithPluginsAsync(configurationFile, errors, async catalog =>
        {
            List<PluginReference> plugins = [.. catalog.Plugins.Select(plugin => PluginReference.Of(plugin, TextStyle.Markdown))];
            await output.WriteAsync(PluginReferencePage.ToMarkdown(plugins)).ConfigureAwait(false);
            var problems = catalog.Descriptions.Where(plugin => plugin.State == PluginState.Failed).Select(plugin => $"{plugin.Id} {plugin.Error}")
                .Concat(plugins.SelectMany(plugin => plugin.Middleware, (plugin, middleware) => (plugin, middleware))
                    .Where(offer => offer.middleware.Problem is not null)
                    .Select(offer => $"{offer.plugin.Id}: {offer.middleware.Name} {offer.middleware.Problem}"))
                .ToList();
            foreach (var problem in problems)
            {
                await errors.WriteLineAsync("webserv: plugin " + problem).ConfigureAwait(false);
            }

            return problems.Count == 0 ? ExitCodes.Success : ExitCodes.Failure;
        }, cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public async Task<int> HashPluginAsync(string path, TextWriter output, TextWriter errors)
    {
        try
        {
            if (PluginCandidate.At(path) is not { } candidate)
            {
                await errors.WriteLineAsync($"webserv: {path} is no plugin: a folder Foo with a file Foo.dll, or a file Foo.dll, is expected").ConfigureAwait(false);
                return ExitCodes.Failure;
            }

            await output.WriteAsync(PluginSignature.LineOf(candidate.Id, PluginFileSet.HashOf(candidate))).ConfigureAwait(false);
            return ExitCodes.Success;
        }
        catch (PluginException exception)
        {
            await errors.WriteLineAsync($"webserv: {path} {exception.Message}").ConfigureAwait(false);
            return ExitCodes.Failure;
        }
    }

    /// <inheritdoc />
    public Task<int> ListPluginVersionsAsync(string configurationFile, string id, TextWriter output, TextWriter errors) =>
        WithVersionsAsync(configurationFile, id, errors, versions => versions.ListAsync(output, errors));

    /// <inheritdoc />
    public Task<int> RollBackPluginAsync(string configurationFile, string id, string? hash, TextWriter output, TextWriter errors) =>
        WithVersionsAsync(configurationFile, id, errors, versions => versions.RollBackAsync(hash, output, errors));

    private static async Task<int> WithVersionsAsync(string configurationFile, string id, TextWriter errors, Func<PluginVersions, Task<int>> action)
    {
        var loaded = ConfigurationLoader.Load(configurationFile);
        return loaded.Options is not { } options ? await ReportAsync(loaded, errors).ConfigureAwait(false)
            : await PluginVersions.FindAsync(options, new PluginCatalogSettings(), id, errors).ConfigureAwait(false) is { } versions
                ? await action(versions).ConfigureAwait(false)
                : ExitCodes.Failure;
    }

    private static async Task CheckPipelinesAsync(
        WebservOptions options, ConfigurationErrors errors, WebServerParts parts, CancellationToken cancellation)
    {
        var host = new PluginHostServices(options.Directory, parts.Loggers, parts.TimeProvider, parts.Files, parts.Transport.Pipes);
        await using var catalog = await PluginCatalog.LoadAsync(options.Plugins, host, parts.PluginSettings, cancellation: cancellation).ConfigureAwait(false);
        foreach (var plugin in catalog.Descriptions.Where(plugin => plugin.State == PluginState.Failed))
        {
            errors.Add("Webserv:Plugins", $"plugin {plugin.Id} ({plugin.File}): {plugin.Error}");
        }

        BudgetCheck.Report(options.Plugins, catalog, errors);
        var builder = new Pipeline.PipelineBuilder(options, catalog, errors, parts.Loggers.CreateLogger("Webserv.Pipeline")) { IsCheck = true };
        if (await builder.BuildAsync(0, cancellation).ConfigureAwait(false) is { } generation)
        {
            await generation.RetireAsync(null, TimeSpan.Zero, static _ => { }, parts.TimeProvider).ConfigureAwait(false);
        }
    }

    private static async Task<int> WithPluginsAsync(
        string configurationFile, TextWriter errors, Func<PluginCatalog, Task<int>> action, CancellationToken cancellation)
    {
        var loaded = ConfigurationLoader.Load(configurationFile);
        if (loaded.Options is not { } options)
        {
            return await ReportAsync(loaded, errors).ConfigureAwait(false);
        }

        await using var parts = WebServerParts.Create(options, NullLoggerFactory.Instance, new PluginCatalogSettings { RunInitializers = false });
        var host = new PluginHostServices(options.Directory, parts.Loggers, parts.TimeProvider, parts.Files, parts.Transport.Pipes);
        await using var catalog = await PluginCatalog.LoadAsync(options.Plugins, host, parts.PluginSettings, cancellation: cancellation).ConfigureAwait(false);
        return await action(catalog).ConfigureAwait(false);
    }

    [SuppressMessage("Design", "CA1031", Justification = "A reload that fails, however it fails, is logged and leaves the running server as it was.")]
    private static async Task ReloadAsync(
        WebServer server,
        string configurationFile,
        ChangeWatcher watcher,
        ServiceNotifier manager,
        ILogger logger,
        CancellationToken cancellation)
    {
        try
        {
            manager.Reloading();
            watcher.MarkApplied();
            var loaded = ConfigurationLoader.Load(configurationFile);
            if (loaded.Options is not { } options || loaded.Errors.Count > 0
                || !await server.ReloadAsync(options, loaded.Collector, cancellation).ConfigureAwait(false))
            {
                foreach (var error in loaded.Errors)
                {
                    Log.ReloadRefused(logger, error.ToString());
                }
            }
            else
            {
                watcher.Watch(options);
                foreach (var error in loaded.Errors)
                {
                    Log.ReloadedWithout(logger, error.ToString());
                }
            }
        }
        catch (Exception exception)
        {
            Log.ReloadFailed(logger, exception);
        }
        finally
        {
            if (!cancellation.IsCancellationRequested)
            {
                manager.Ready();
            }
        }
    }

    private static async Task<int> ReportAsync(ConfigurationLoadResult loaded, TextWriter errors)
    {
        foreach (var error in loaded.Errors)
        {
            await errors.WriteLineAsync(error.ToString()).ConfigureAwait(false);
        }

        return ExitCodes.Failure;
    }

    private static async Task PrintEndpointsAsync(WebservOptions options, WebServer server, TextWriter output)
    {
        foreach (var listener in server.Listeners)
        {
            var names = string.Join(", ", options.VirtualServers.Where(candidate => candidate.Listen.Contains(listener.Endpoint)).Select(candidate => candidate.Name));
            var line = string.Create(CultureInfo.InvariantCulture, $"listening on {listener.Endpoint.ToString(listener.Port)} ({names})");
            await output.WriteLineAsync(line).ConfigureAwait(false);
        }

        await output.FlushAsync(CancellationToken.None).ConfigureAwait(false);
    }
}
