using System.Globalization;
using Webserv.Host.Pipeline;
using Webserv.Host.Plugins;

namespace Webserv.Host.Control;

/// <summary>Puts together what a running server says of its plugins. Nothing of a plugin is called.</summary>
internal static class ServerStatusBuilder
{
    /// <summary>Makes it.</summary>
    /// <param name="found">What the serving generation has found.</param>
    /// <param name="generation">The serving generation.</param>
    /// <param name="register">What is in memory.</param>
    /// <param name="areCounted">Whether requests are counted.</param>
    /// <param name="time">The clock.</param>
    public static ServerStatus Build(
        IReadOnlyList<PluginDescription> found, PipelineGeneration generation, PluginRegister register, bool areCounted, TimeProvider time)
    {
        var serving = ServingPlugins.Of(found, register);
        var entries = generation.Servers.Servers.SelectMany(server => server.Lifetime.Middleware).ToList();
        var plugins = new List<PluginStatus>();
        foreach (var (plugin, loaded) in serving.Found)
        {
            plugins.Add(new PluginStatus(
                plugin.Id,
                plugin.Version?.ToString(),
                plugin.Abi,
                plugin.File,
                plugin.Hash,
                plugin.State.ToString(),
                plugin.Error,
                loaded?.Number ?? 0,
                plugin.Middleware,
                areCounted && loaded?.Usage is { } usage ? PluginCounts.Of(usage.Statistics) : null,
                loaded?.Usage?.Stuck ?? 0,
                [.. entries.Where(entry => entry.PluginId == plugin.Id && entry.Breaker?.IsClosed == false).Select(entry => entry.Breaker!.Entry)]));
        }

        return new ServerStatus(Environment.ProcessId, generation.Number, areCounted, plugins, [.. serving.Replaced.Select(plugin => Describe(plugin, areCounted, time))]);
    }

    private static ReplacedPlugin Describe(PluginInstance plugin, bool areCounted, TimeProvider time)
    {
        var description = plugin.Description;
        var inside = areCounted ? plugin.Usage?.Statistics.Inside ?? 0 : plugin.Usage?.Inside ?? 0;
        var stuck = plugin.Usage?.Stuck ?? 0;
        var why = plugin.UnloadedAt is { } since
            ? Unloaded(time.GetElapsedTime(since))
            : string.Create(CultureInfo.InvariantCulture, $"{plugin.Users} of its middleware, or generations, are in use until the requests inside have ended");
        if (inside > 0)
        {
            why += string.Create(CultureInfo.InvariantCulture, $"; requests inside: {inside}");
        }

        if (stuck > 0)
        {
            why += string.Create(CultureInfo.InvariantCulture, $"; requests that were given up, and whose code goes on: {stuck}");
        }

        return new ReplacedPlugin(description.Id, plugin.Metadata.Version.ToString(), description.Hash, plugin.Number, why);
    }

    private static string Unloaded(TimeSpan ago) => string.Create(
        CultureInfo.InvariantCulture,
        $"unloaded {ago.TotalSeconds:0} s ago, {(ago < UnloadWatch.Patience * (UnloadWatch.Attempts + 1)
            ? "and the collector has not freed it yet"
            : "and something refers into it: a thread, a timer, a static event or a cache of the runtime")}");
}
