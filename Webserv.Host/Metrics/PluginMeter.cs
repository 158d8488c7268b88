using System.Diagnostics.Metrics;
using Webserv.Host.Pipeline.Containment;
using Webserv.Host.Plugins;

namespace Webserv.Host.Metrics;

/// <summary>
/// What is known of each plugin, read from its counters when somebody asks. Nothing of a plugin is called, and nothing of one is held. A
/// label is never a number that grows: the build of a plugin is a value.
/// </summary>
internal sealed class PluginMeter
{
    private const string Requests = "{request}";
    private static readonly double[] Quantiles = [0.5, 0.99];

    private readonly Func<ServingState> _state;
    private readonly PluginRegister _register;

    private PluginMeter(Func<ServingState> state, PluginRegister register)
    {
        _state = state;
        _register = register;
    }

    /// <summary>Makes the instruments.</summary>
    /// <param name="meter">The meter that they are of.</param>
    /// <param name="state">What serves at this moment.</param>
    /// <param name="register">The plugins in memory.</param>
    public static void AddTo(Meter meter, Func<ServingState> state, PluginRegister register)
    {
        var plugins = new PluginMeter(state, register);
        meter.CreateObservableGauge("webserv.plugin.info", plugins.Info, null, "1 for each plugin that was found, by its version and what became of it.");
        meter.CreateObservableGauge(
            "webserv.plugin.load", () => plugins.OfLoaded(plugin => plugin.Number), null, "The how many-th build of the plugin this is that the server has loaded.");
        meter.CreateObservableUpDownCounter(
            "webserv.plugin.replaced", plugins.Replaced, "{plugin}", "Builds that were replaced or removed and are in memory still: some that requests are inside, and some that were unloaded.");
        meter.CreateObservableUpDownCounter(
            "webserv.plugin.stuck_requests", () => plugins.OfLoaded(plugin => plugin.Usage?.Stuck), Requests, "Requests that were given up while the plugin's code goes on.");
        meter.CreateObservableGauge("webserv.plugin.breaker.open", plugins.BreakersOpen, null, "1 while the breaker of an entry keeps requests out, 0 otherwise.");
        meter.CreateObservableCounter("webserv.plugin.breaker.openings", plugins.BreakersOpened, "{opening}", "How often the breaker of an entry has opened.");

        // Those of Plugins.Statistics; nobody counts without it.
        meter.CreateObservableCounter(
            "webserv.plugin.requests", () => plugins.OfCounted(counts => counts.Requests), Requests, "Requests in the plugin that have ended, once for each entry.");
        meter.CreateObservableCounter("webserv.plugin.errors", () => plugins.OfCounted(counts => counts.Errors), Requests, "Requests that failed in the plugin.");
        meter.CreateObservableUpDownCounter(
            "webserv.plugin.active_requests", () => plugins.OfCounted(counts => counts.Inside), Requests, "Requests in the plugin that have not ended.");
        meter.CreateObservableCounter(
            "webserv.plugin.request.time", () => plugins.OfCounted(counts => counts.Time.TotalSeconds), "s", "Time that the plugin had requests for, without what is behind it.");
        meter.CreateObservableGauge(
            "webserv.plugin.request.duration", plugins.Durations, "s", "Time within which a part of the requests since the plugin was loaded ended, at most a quarter too high.");
        meter.CreateObservableCounter(
            "webserv.plugin.allocated", () => plugins.OfCounted(counts => counts.Allocated), "By", "Managed memory that was allocated for requests while the plugin had them.");
    }

    private static KeyValuePair<string, object?> Tag(string name, object? value) => new(name, value);

    private static Measurement<T> Of<T>(PluginDescription plugin, T value)
        where T : struct =>
        new(value, Tag(MetricNames.Plugin, plugin.Id), Tag(MetricNames.PluginVersion, plugin.Version?.ToString()));

    private ServingPlugins Look(ServingState state) => ServingPlugins.Of(state.Loaded.Catalog.Descriptions, _register);

    private IEnumerable<Measurement<int>> Info() =>
        _state().Loaded.Catalog.Descriptions.Select(plugin => new Measurement<int>(
            1,
            Tag(MetricNames.Plugin, plugin.Id),
            Tag(MetricNames.PluginVersion, plugin.Version?.ToString()),
            Tag(MetricNames.PluginState, plugin.State.ToString())));

    private IEnumerable<Measurement<int>> OfLoaded(Func<PluginInstance, int?> read)
    {
        foreach (var (plugin, instance) in Look(_state()).Found)
        {
            if (instance is not null && read(instance) is { } value)
            {
                yield return Of(plugin, value);
            }
        }
    }

    private IEnumerable<Measurement<T>> OfCounted<T>(Func<PluginStatistics, T> read)
        where T : struct =>
        Counted().Select(counted => Of(counted.Plugin, read(counted.Counts)));

    private IEnumerable<Measurement<double>> Durations()
    {
        foreach (var (plugin, counts) in Counted())
        {
            foreach (var quantile in Quantiles)
            {
                if (counts.Percentile(quantile) is { } time)
                {
                    yield return new Measurement<double>(
                        time.TotalSeconds,
                        Tag(MetricNames.Plugin, plugin.Id),
                        Tag(MetricNames.PluginVersion, plugin.Version?.ToString()),
                        Tag(MetricNames.Quantile, quantile));
                }
            }
        }
    }

    private IEnumerable<(PluginDescription Plugin, PluginStatistics Counts)> Counted()
    {
        var state = _state();
        if (!state.Loaded.HasStatistics)
        {
            yield break;
        }

        foreach (var (plugin, instance) in Look(state).Found)
        {
            if (instance?.Usage is { } usage)
            {
                yield return (plugin, usage.Statistics);
            }
        }
    }

    private IEnumerable<Measurement<int>> Replaced() =>
        Look(_state()).Replaced
            .GroupBy(plugin => (plugin.Description.Id, IsUnloaded: plugin.UnloadedAt is not null))
            .Select(group => new Measurement<int>(
                group.Count(),
                Tag(MetricNames.Plugin, group.Key.Id),
                Tag(MetricNames.PluginState, group.Key.IsUnloaded ? "Unloaded" : "Draining")));

    private IEnumerable<Measurement<int>> BreakersOpen() => OfBreakers(breaker => breaker.IsClosed ? 0 : 1);

    private IEnumerable<Measurement<long>> BreakersOpened() => OfBreakers(breaker => breaker.Openings);

    private IEnumerable<Measurement<T>> OfBreakers<T>(Func<CircuitBreaker, T> read)
        where T : struct
    {
        foreach (var middleware in _state().Loaded.Generation.Servers.Servers.SelectMany(server => server.Lifetime.Middleware))
        {
            if (middleware.Breaker is { } breaker)
            {
                yield return new Measurement<T>(read(breaker), Tag(MetricNames.Plugin, middleware.PluginId), Tag(MetricNames.Entry, breaker.Entry));
            }
        }
    }
}
