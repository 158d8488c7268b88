using System.ComponentModel;
using Microsoft.Extensions.Configuration;
using Webserv.Abstractions.Configuration;

namespace Webserv.Host.Configuration;

/// <summary>A virtual server as it is written; <see cref="VirtualServerOptions"/> is what is made of it.</summary>
[Description("A site: the endpoints and host names it answers to, and the pipeline that its requests go through.")]
internal sealed class VirtualServerShape : ILocated
{
    [Description("Its name, unique; in logs and messages. Without one it is called `server0`, `server1` and so on by its place.")]
    public string? Name { get; set; }

    [Description("Its endpoints, at least one, each once: `http://127.0.0.1:8080`, `http://[::1]:8080`, `http://*:8080` (every address), `unix:/run/webserv.sock`. Several virtual servers may share an endpoint.")]
    public IReadOnlyList<string> Listen { get; set; } = [];

    [Description("The host names it answers to: `example.com`, `*.example.com`, `www.*` or an address. An exact name wins, then the longest `*.suffix`, then the longest `prefix.*`, then the first virtual server declared for the endpoint.")]
    public IReadOnlyList<string> HostNames { get; set; } = [];

    [Description("The directory with its files, relative to the configuration file.")]
    public string? Root { get; set; }

    [Description("Most bytes of a request body; 0 for no limit; more is 413. Without it `Limits.MaxRequestBodySize` holds.")]
    public ByteSize? MaxRequestBodySize { get; set; }

    [Description("Paths of this server that answer in place of the default error pages, by status (400 to 599).")]
    public IReadOnlyDictionary<int, string> ErrorPages { get; set; } = new Dictionary<int, string>();

    [Description("Its own access log, in place of the one of `Webserv`; `null` for none.")]
    public AccessLogShape? AccessLog { get; set; }

    [Description("Whether answers have a field `Server-Timing`, which tells clients (the developer tools of browsers show it) how long each entry of the pipeline took. For sites under development: it shows strangers how the pipeline is made.")]
    public bool ServerTiming { get; set; }

    [Description("Whether the log has a line for each request, with its trace id, that says which entry of the pipeline did what for how long.")]
    public bool RequestTrace { get; set; }

    [Description("Its pipeline, outermost first.")]
    public IReadOnlyList<PipelineEntryShape> Pipeline { get; set; } = [];

    IConfigurationSection ILocated.Section { get; set; } = null!;
}
