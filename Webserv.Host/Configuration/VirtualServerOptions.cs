using Webserv.Abstractions.Configuration;
using Webserv.Host.Transport;

namespace Webserv.Host.Configuration;

/// <summary>One virtual server.</summary>
internal sealed class VirtualServerOptions
{
    /// <summary>Where it stands: <c>Webserv:VirtualServers:0</c>.</summary>
    public required string ConfigurationPath { get; init; }

    /// <summary>Differs where something that was written of it does, or what it inherits; <see langword="null"/> where nothing was written.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>Its name, unique.</summary>
    public required string Name { get; init; }

    /// <summary>Its endpoints; at least one, each once.</summary>
    public required IReadOnlyList<ListenEndpoint> Listen { get; init; }

    /// <summary>Host names (<c>example.com</c>, <c>*.example.com</c>, <c>www.*</c>), in lower case; may be empty.</summary>
    public IReadOnlyList<string> HostNames { get; init; } = [];

    /// <summary>The absolute path of its root, or <see langword="null"/>.</summary>
    public string? Root { get; init; }

    /// <summary>Most bytes of a request body; 0 for no limit; <see langword="null"/> to inherit.</summary>
    public ByteSize? MaxRequestBodySize { get; init; }

    /// <summary>Paths of this server that answer in place of the default error pages, by status.</summary>
    public IReadOnlyDictionary<int, string> ErrorPages { get; init; } = new Dictionary<int, string>();

    /// <summary>Its access log; <see langword="null"/> where it has none.</summary>
    public AccessLogOptions? AccessLog { get; init; }

    /// <summary>Whether answers have a field <c>Server-Timing</c>.</summary>
    public bool ServerTiming { get; init; }

    /// <summary>Whether the log has a line for each request that says which entry did what for how long.</summary>
    public bool RequestTrace { get; init; }

    /// <summary>Its pipeline, outermost first.</summary>
    public IReadOnlyList<PipelineEntryOptions> Pipeline { get; init; } = [];
}
