using System.Diagnostics.Metrics;
using Webserv.Host.Admission;
using Webserv.Host.Http1;
using Webserv.Host.Plugins;

namespace Webserv.Host.Metrics;

/// <summary>
/// What a server tells whoever listens to its meter: an exporter among the plugins, <c>dotnet-counters</c>, OpenTelemetry. All but what is
/// measured of a request is read when somebody asks, from counters that are there anyway.
/// </summary>
internal sealed class ServerMeter : IDisposable
{
    /// <summary>The name of the meter.</summary>
    public const string Name = "Webserv";

    private const string Connections = "{connection}";

    private readonly Meter _meter;

    /// <summary>Makes the instruments, and has the requests of a server measured.</summary>
    /// <param name="scope">Tells the meters of several servers in one process apart, which tests have.</param>
    /// <param name="http">The server.</param>
    /// <param name="state">What serves at this moment.</param>
    /// <param name="register">The plugins in memory.</param>
    public ServerMeter(object scope, Http1Server http, Func<ServingState> state, PluginRegister register)
    {
        _meter = new Meter(new MeterOptions(Name) { Version = typeof(ServerMeter).Assembly.GetName().Version?.ToString(3), Scope = scope });
        http.Meter = new RequestMeter(_meter, http.Logger);
        _meter.CreateObservableUpDownCounter(
            "http.server.active_requests", () => Active(state()), "{request}", "Requests that have not ended, with upgraded connections.");
        _meter.CreateObservableUpDownCounter("webserv.connections.open", () => Open(http), Connections, "Connections there are.");
        _meter.CreateObservableCounter("webserv.connections.accepted", () => http.AdmittedCount, Connections, "Connections that were taken in.");
        _meter.CreateObservableCounter("webserv.connections.refused", () => Refused(http), Connections, "Connections that there was no place for.");
        _meter.CreateObservableCounter(
            "webserv.connections.recycled", () => http.RecycledCount, Connections, "Idle connections that were closed to make room for others.");
        _meter.CreateObservableGauge("webserv.generation", () => state().Loaded.Generation.Number, null, "The generation that serves; each reload that takes effect is one more.");
        PluginMeter.AddTo(_meter, state, register);
    }

    /// <summary>Ends the instruments: who listens lets go of the server.</summary>
    public void Dispose() => _meter.Dispose();

    private static IEnumerable<Measurement<int>> Active(ServingState state) =>
        state.VirtualServers.GroupBy(server => server.Name).Select(group => new Measurement<int>(
            group.Sum(server => server.Lifetime.Inside), new KeyValuePair<string, object?>(MetricNames.VirtualServer, group.Key)));

    private static IEnumerable<Measurement<int>> Open(Http1Server http)
    {
        var idle = http.IdleConnectionCount;
        return
        [
            new(idle, new KeyValuePair<string, object?>(MetricNames.ConnectionState, "idle")),
            new(Math.Max(0, http.ConnectionCount - idle), new KeyValuePair<string, object?>(MetricNames.ConnectionState, "active")),
        ];
    }

    private static IEnumerable<Measurement<long>> Refused(Http1Server http) =>
        Enum.GetValues<AdmissionOutcome>().Where(outcome => outcome != AdmissionOutcome.Admitted).Select(outcome => new Measurement<long>(
            http.RefusedCount(outcome), new KeyValuePair<string, object?>(MetricNames.Error, outcome.ToString())));
}
