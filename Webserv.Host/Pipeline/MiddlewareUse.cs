using Microsoft.Extensions.Logging;
using Webserv.Host.Configuration;
using Webserv.Host.Pipeline.Containment;
using Webserv.Host.Plugins;
using Webserv.Host.Plugins.Versions;

namespace Webserv.Host.Pipeline;

/// <summary>
/// A middleware in the pipeline of one virtual server, and what its plugin may use there. Another generation that goes on with the
/// instance has a use of its own, so that one that is built and never serves changes nothing for the one that does.
/// </summary>
internal sealed class MiddlewareUse
{
    /// <summary>Takes over one hold on the instance.</summary>
    /// <param name="instance">The instance.</param>
    /// <param name="before">The use that the generation before makes of it; <see langword="null"/> for none.</param>
    /// <param name="budget">What its plugin may use; <see langword="null"/> where there is no limit.</param>
    /// <param name="entry">Where it stands, for the log.</param>
    /// <param name="failing">Is told of a build in whose place the version before is to come back.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Is told of each change of the breaker.</param>
    public MiddlewareUse(
        MiddlewareInstance instance, MiddlewareUse? before, PluginBudgetOptions? budget, string entry, FailingPlugins? failing, TimeProvider time, ILogger logger)
    {
        Instance = instance;
        Budget = budget;
        if (budget?.Breaker is not { } options)
        {
            return;
        }

        // A breaker goes on as it is unless it is to go by something else.
        Breaker = before?.Breaker is { } breaker && breaker.Options == options
            ? breaker
            : new CircuitBreaker(entry, instance.PluginId, options, time, logger, options.Then == BreakerAction.PreviousVersion ? Give : null);

        void Give()
        {
            if (instance.PluginHash is { } hash)
            {
                failing?.Add(instance.PluginId, hash);
            }
        }
    }

    /// <summary>The instance, held once.</summary>
    public MiddlewareInstance Instance { get; }

    /// <summary>The plugin that it is of.</summary>
    public string PluginId => Instance.PluginId;

    /// <summary>What its plugin may use; <see langword="null"/> where there is no limit.</summary>
    public PluginBudgetOptions? Budget { get; }

    /// <summary>The breaker of its entry; <see langword="null"/> where it has none.</summary>
    public CircuitBreaker? Breaker { get; }

    /// <summary>Whether the registration that made it is still the one that a catalogue has, and its plugin may use what it might.</summary>
    public bool IsCurrentIn(IMiddlewareCatalog catalog, PluginsOptions plugins) =>
        Instance.IsOfferedBy(catalog) && plugins.BudgetOf(PluginId) == Budget;
}
