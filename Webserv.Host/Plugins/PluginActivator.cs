using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Webserv.Host.Plugins.Compatibility;
using Webserv.Host.Plugins.Trust;
using Webserv.Host.Plugins.Versions;

namespace Webserv.Host.Plugins;

/// <summary>Turns a candidate into a plugin that is loaded and configured, but not yet initialised.</summary>
internal sealed class PluginActivator(PluginCache cache, PluginTrust trust, PluginHostServices host, PluginCatalogSettings settings, ILogger logger)
{
    private static readonly ServiceProviderOptions Strict = new() { ValidateOnBuild = true, ValidateScopes = true };

    /// <summary>Copies, loads and configures a plugin.</summary>
    /// <param name="candidate">What to load.</param>
    /// <param name="cancellation">Abandons it.</param>
    /// <exception cref="PluginException">Why it cannot be loaded.</exception>
    public async Task<PluginInstance> ActivateAsync(PluginCandidate candidate, CancellationToken cancellation)
    {
        // Looked at before it is copied, so that what nobody trusts pushes no good copy out of the cache.
        var signature = trust.IsRequiredOf(candidate) ? PluginSignature.Read(candidate) : null;
        if (trust.IsRequiredOf(candidate))
        {
            trust.Require(candidate, PluginFileSet.HashOf(candidate), signature);
        }

        return await ActivateAsync(candidate, cache.Copy(candidate), signature, cancellation).ConfigureAwait(false);
    }

    /// <summary>Loads and configures a version that is kept, in place of the plugin's files.</summary>
    /// <param name="candidate">What was found.</param>
    /// <param name="hash">The version to load.</param>
    /// <param name="cancellation">Abandons it.</param>
    /// <exception cref="PluginException">Why it cannot be loaded.</exception>
    public Task<PluginInstance> ActivateKeptAsync(PluginCandidate candidate, string hash, CancellationToken cancellation)
    {
        var copy = cache.OpenKept(candidate, hash);
        return ActivateAsync(candidate, copy, KeptVersion.Read(copy.Directory)?.ReadSignature(), cancellation);
    }

    private async Task<PluginInstance> ActivateAsync(PluginCandidate candidate, ShadowCopy copy, byte[]? signature, CancellationToken cancellation)
    {
        PluginAssemblyLoader? loader = null;
        try
        {
            // The copy counts: the original may have been replaced since it was looked at.
            trust.Require(candidate, copy.Hash, signature);
            var file = Path.Combine(copy.Directory, Path.GetFileName(candidate.File));
            var metadata = PluginMetadataReader.Read(file) ?? throw new PluginException("is not marked as a plugin any more");
            PluginCompatibility.Require(candidate, metadata);

            loader = new PluginAssemblyLoader(file, $"{candidate.Id} {metadata.Version}");
            var builder = new PluginBuilder(new PluginContext(metadata, copy.Directory, host), host, logger);
            var services = await ConfigureAsync(candidate.Id, loader, metadata.EntryType, builder, cancellation).ConfigureAwait(false);
            return new PluginInstance(candidate, metadata, loader, copy, services, builder.Middleware, host, settings, logger) { Signature = signature };
        }
        catch (Exception exception)
        {
            loader?.Dispose();
            copy.Dispose();
            if (exception is PluginException or OperationCanceledException)
            {
                throw;
            }

            // Loading maps files and resolves assemblies: what goes wrong there is this plugin's failure alone.
            throw new PluginException(PluginFailure.Describe(exception), exception);
        }
    }

    private async Task<ServiceProvider> ConfigureAsync(
        string id, PluginAssemblyLoader loader, string entryType, PluginBuilder builder, CancellationToken cancellation)
    {
        ServiceProvider? services = null;
        await PluginCode.RunAsync(
            id,
            "its configuration",
            _ =>
            {
                loader.CreatePlugin(entryType).Configure(builder);
                builder.Close();
                services = builder.Services.BuildServiceProvider(Strict);
                return Task.CompletedTask;
            },
            settings.StartTimeout,
            host.TimeProvider,
            logger,
            cancellation).ConfigureAwait(false);
        return services!;
    }
}
