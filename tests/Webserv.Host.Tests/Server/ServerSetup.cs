using System.Net;
using Webserv.Abstractions.Configuration;
using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;
using Webserv.Host.Configuration;
using Webserv.Host.Proxies;
using Webserv.Host.Transport;

namespace Webserv.Host.Tests.Server;

/// <summary>What a server under test is made of: one virtual server unless more are added.</summary>
internal sealed class ServerSetup(bool inline)
{
    public static readonly ListenEndpoint Endpoint = new(IPAddress.Loopback, 0, null);

    private readonly List<PipelineEntryOptions> _entries = [];
    private int _names;

    public TestCatalog Catalog { get; } = new();

    public LimitsOptions Limits { get; } = new();

    public PluginsOptions Plugins { get; } = new();

    /// <summary>The clock of pipelines and of what the requests in plugins may use.</summary>
    public TimeProvider PipelineTime
    {
        get => Catalog.Time;
        set => Catalog.Time = value;
    }

    public ProxiesOptions Proxies { get; set; } = new();

    public Dictionary<int, string> ErrorPages { get; } = [];

    public ByteSize? MaxRequestBodySize { get; set; }

    /// <summary>The access log of the one virtual server.</summary>
    public AccessLogOptions? AccessLog { get; set; }

    /// <summary>Whether answers of the one virtual server have a field Server-Timing.</summary>
    public bool ServerTiming { get; set; }

    /// <summary>Whether requests of the one virtual server are traced.</summary>
    public bool RequestTrace { get; set; }

    /// <summary>Where the server can be asked.</summary>
    public string? ControlSocket { get; init; }

    /// <summary>Virtual servers in place of the one that the entries make.</summary>
    public List<VirtualServerOptions> Servers { get; } = [];

    /// <summary>Answers a path.</summary>
    public void Map(string path, Func<IHttpContext, CancellationToken, Task> handler, bool? isInline = null) =>
        _entries.Add(Entry((context, _, cancellation) => handler(context, cancellation), new WhenOptions { Path = [path] }, isInline));

    /// <summary>Adds a middleware for every path.</summary>
    public void Use(Func<IHttpContext, RequestDelegate, CancellationToken, Task> handler, bool? isInline = null) =>
        _entries.Add(Entry(handler, new WhenOptions(), isInline));

    /// <summary>Adds an entry as it is.</summary>
    public void Add(PipelineEntryOptions entry) => _entries.Add(entry);

    /// <summary>Makes an entry that is not in any pipeline yet.</summary>
    public PipelineEntryOptions Entry(
        Func<IHttpContext, RequestDelegate, CancellationToken, Task> handler, WhenOptions? when = null, bool? isInline = null) =>
        new() { ConfigurationPath = $"Webserv:{_names}", Use = Register(_ => handler, isInline), When = when ?? new WhenOptions() };

    /// <summary>Registers a middleware that learns its entry.</summary>
    /// <returns>Its name.</returns>
    public string Register(
        Func<IPipelineEntry, Func<IHttpContext, RequestDelegate, CancellationToken, Task>> create,
        bool? isInline = null,
        bool releasesContext = false,
        string plugin = "Test")
    {
        var name = $"Test{_names++}";
        Catalog.Add(name, isInline ?? inline, create, releasesContext, plugin);
        return name;
    }

    public WebservOptions Build() => new()
    {
        File = "/etc/webserv/appsettings.json",
        Directory = "/etc/webserv",
        Plugins = Plugins,
        Limits = Limits,
        Proxies = Proxies,
        Transport = new TransportOptions { EventLoops = 1 },
        FileCache = new FileCacheOptions(),
        ControlSocket = ControlSocket,
        VirtualServers = Servers.Count > 0 ? Servers :
        [
            new VirtualServerOptions
            {
                ConfigurationPath = "Webserv:VirtualServers:0",
                Name = "main",
                Listen = [Endpoint],
                ErrorPages = ErrorPages,
                MaxRequestBodySize = MaxRequestBodySize,
                AccessLog = AccessLog,
                ServerTiming = ServerTiming,
                RequestTrace = RequestTrace,
                Pipeline = _entries,
            },
        ],
    };
}
