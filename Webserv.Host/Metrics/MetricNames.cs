namespace Webserv.Host.Metrics;

/// <summary>
/// The names of attributes: those of OpenTelemetry's semantic conventions where they have one for it, in a namespace of our own otherwise.
/// </summary>
internal static class MetricNames
{
    /// <summary>The method of a request.</summary>
    public const string Method = "http.request.method";

    /// <summary>The status of an answer.</summary>
    public const string Status = "http.response.status_code";

    /// <summary>The scheme of the connection.</summary>
    public const string Scheme = "url.scheme";

    /// <summary>Whether a connection is idle or active.</summary>
    public const string ConnectionState = "http.connection.state";

    /// <summary>What went wrong.</summary>
    public const string Error = "error.type";

    /// <summary>The name of a virtual server.</summary>
    public const string VirtualServer = "webserv.virtual_server";

    /// <summary>The id of a plugin.</summary>
    public const string Plugin = "webserv.plugin.id";

    /// <summary>The version of a plugin's assembly.</summary>
    public const string PluginVersion = "webserv.plugin.version";

    /// <summary>What became of a plugin.</summary>
    public const string PluginState = "webserv.plugin.state";

    /// <summary>Where an entry stands in the configuration.</summary>
    public const string Entry = "webserv.pipeline.entry";

    /// <summary>The part of the requests that took so long at most.</summary>
    public const string Quantile = "quantile";
}
