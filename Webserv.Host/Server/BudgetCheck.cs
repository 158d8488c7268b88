using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Webserv.Host.Configuration;
using Webserv.Host.Pipeline.Containment;
using Webserv.Host.Plugins;

namespace Webserv.Host.Server;

/// <summary>
/// Budgets for plugins that are not there. A mistake for <c>check</c>; a running server only warns, since a plugin may be taken out
/// of its folder at any time.
/// </summary>
internal static class BudgetCheck
{
    /// <summary>Logs them.</summary>
    public static void Warn(PluginsOptions options, PluginCatalog catalog, ILogger logger)
    {
        foreach (var (id, hint) in Find(options, catalog))
        {
            logger.BudgetOfNobody(id, hint);
        }
    }

    /// <summary>Reports them as errors.</summary>
    public static void Report(PluginsOptions options, PluginCatalog catalog, IConfigurationErrors errors)
    {
        foreach (var (id, hint) in Find(options, catalog))
        {
            errors.Add(
                ConfigurationPath.Combine("Webserv", nameof(WebservOptions.Plugins), nameof(PluginsOptions.Budgets), id), $"there is no plugin '{id}'{hint}");
        }
    }

    private static IEnumerable<(string Id, string Hint)> Find(PluginsOptions options, PluginCatalog catalog)
    {
        List<string> known = [.. catalog.Descriptions.Select(plugin => plugin.Id)];
        foreach (var id in options.Budgets.Keys)
        {
            if (id != PluginsOptions.AllOthers && !known.Contains(id, StringComparer.OrdinalIgnoreCase))
            {
                yield return (id, NearestName.Hint(id, known));
            }
        }
    }
}
