using Microsoft.Extensions.Logging;

namespace Webserv.Host.Plugins;

/// <summary>Checks that a plugin that was unloaded leaves memory: a load context goes when nothing refers into it any more, and not before.</summary>
internal static class UnloadWatch
{
    /// <summary>How long the collector is left to itself before it is asked, each time.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>How often it is asked; a context needs more than one collection, since its finalizers run in between.</summary>
    public const int Attempts = 3;

    /// <summary>Waits until the context is gone, and logs it where it stays.</summary>
    /// <param name="context">The load context.</param>
    /// <param name="plugin">The plugin's id.</param>
    /// <param name="version">Its version.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Is told.</param>
    public static async Task RunAsync(WeakReference context, string plugin, Version version, TimeProvider time, ILogger logger)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            await Task.Delay(Patience, time).ConfigureAwait(false);
            if (context.IsAlive)
            {
                // In the background: nobody waits for memory that is to be freed some day.
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false);
            }
        }

        await Task.Delay(Patience, time).ConfigureAwait(false);
        if (context.IsAlive)
        {
            logger.PluginStaysInMemory(plugin, version, (Attempts + 1) * Patience.TotalSeconds);
        }
        else
        {
            logger.PluginLeftMemory(plugin, version);
        }
    }
}
