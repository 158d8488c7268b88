using Microsoft.Extensions.Configuration;
using Webserv.Host.Configuration;

namespace Webserv.Host.Server;

/// <summary>Finds what a reload cannot change: what is read once, when the server starts.</summary>
internal static class RestartKeys
{
    // Read by each generation, and by the stop.
    private static readonly string[] TakeEffect = [nameof(LimitsOptions.MaxRequestBodySize), nameof(LimitsOptions.ShutdownTimeout)];

    /// <summary>The paths of the keys that differ and take a restart.</summary>
    /// <param name="started">The configuration that the server was started with.</param>
    /// <param name="loaded">The one that was loaded.</param>
    public static IReadOnlyList<string> Find(WebservOptions started, WebservOptions loaded)
    {
        const string Webserv = nameof(ConfigurationFileShape.Webserv);
        var keys = new List<string>();
        Compare(started.Limits, loaded.Limits, ConfigurationPath.Combine(Webserv, nameof(started.Limits)), keys);
        Compare(started.Transport, loaded.Transport, ConfigurationPath.Combine(Webserv, nameof(started.Transport)), keys);
        Compare(started.FileCache, loaded.FileCache, ConfigurationPath.Combine(Webserv, nameof(started.FileCache)), keys);
        if (started.ControlSocket != loaded.ControlSocket)
        {
            keys.Add(ConfigurationPath.Combine(Webserv, nameof(started.ControlSocket)));
        }

        const string Logging = nameof(ConfigurationFileShape.Logging);
        keys.AddRange(started.Logging.Keys.Union(loaded.Logging.Keys, StringComparer.OrdinalIgnoreCase)
            .Where(key => started.Logging.GetValueOrDefault(key) != loaded.Logging.GetValueOrDefault(key))
            .Order(StringComparer.OrdinalIgnoreCase)
            .Select(key => ConfigurationPath.Combine(Logging, key)));
        return keys;
    }

    private static void Compare(object started, object loaded, string path, List<string> keys) =>
        keys.AddRange(OptionShape.Keys(started.GetType())
            .Where(property => !TakeEffect.Contains(property.Name) && !Equals(property.GetValue(started), property.GetValue(loaded)))
            .Select(property => ConfigurationPath.Combine(path, property.Name)));
}
