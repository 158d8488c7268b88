using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Webserv.Host.Configuration;
using Webserv.Host.Plugins;

namespace Webserv.Host.Pipeline;

/// <summary>
/// Makes middleware: options, validators and constructors are code of plugins, which may block or never end. What comes when
/// nobody waits for it any more is disposed, and its plugin stays loaded until then.
/// </summary>
internal sealed class MiddlewareMaker
{
    /// <summary>How long it may take to make one.</summary>
    public required TimeSpan StartTimeout { get; init; }

    /// <summary>How long the clean-up of one may take.</summary>
    public required TimeSpan StopTimeout { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider TimeProvider { get; init; }

    /// <summary>Is told what goes wrong.</summary>
    public required ILogger Logger { get; init; }

    /// <summary>Makes one for an entry.</summary>
    /// <param name="registration">What makes it.</param>
    /// <param name="entry">The entry.</param>
    /// <param name="options">Its options.</param>
    /// <param name="fingerprint">What it is made from.</param>
    /// <param name="errors">Gets what is wrong.</param>
    /// <param name="cancellation">Abandons it.</param>
    /// <returns>The instance, held once, or <see langword="null"/> where something is wrong.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    public async Task<MiddlewareInstance?> MakeAsync(
        IMiddlewareRegistration registration,
        PipelineEntry entry,
        IConfigurationSection? options,
        string fingerprint,
        IConfigurationErrors errors,
        CancellationToken cancellation)
    {
        // Until it is known that somebody still wants them: those of code that was given up are too late.
        var held = new HeldErrors(errors);
        var plugin = registration.HoldPlugin();
        var outcome = new TaskCompletionSource<MiddlewareInstance?>(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            await PluginCode.RunAsync(registration.PluginId, $"making {registration.Name}", _ => RunAsync(), StartTimeout, TimeProvider, Logger, cancellation)
                .ConfigureAwait(false);
            held.PassOn();
            return await outcome.Task.ConfigureAwait(false);
        }
        catch (PluginException exception)
        {
            await GiveUpAsync(outcome).ConfigureAwait(false);
            errors.Add(entry.ConfigurationPath, $"{registration.Name} of plugin {registration.PluginId} {exception.Message}");
            Log.MakeFailed(Logger, registration.Name, registration.PluginId, entry.ConfigurationPath, exception);
            return null;
        }
        catch (OperationCanceledException)
        {
            await GiveUpAsync(outcome).ConfigureAwait(false);
            throw;
        }

        async Task RunAsync()
        {
            try
            {
                var instance = registration.Create(entry, options, held) is { } middleware
                    ? new MiddlewareInstance(middleware, registration, fingerprint, Logger) { StopTimeout = StopTimeout, TimeProvider = TimeProvider }
                    : null;
                if (!outcome.TrySetResult(instance) && instance is not null)
                {
                    await instance.ReleaseAsync().ConfigureAwait(false);
                }
            }
            finally
            {
                await plugin.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>From now on what is made is released by whoever makes it; what is there already is released here.</summary>
    private static async Task GiveUpAsync(TaskCompletionSource<MiddlewareInstance?> outcome)
    {
        if (!outcome.TrySetCanceled(CancellationToken.None) && await outcome.Task.ConfigureAwait(false) is { } instance)
        {
            await instance.ReleaseAsync().ConfigureAwait(false);
        }
    }
}
