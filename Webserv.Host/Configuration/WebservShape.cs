using System.ComponentModel;

namespace Webserv.Host.Configuration;

/// <summary>The section <c>Webserv</c> as it is written; <see cref="WebservOptions"/> is what is made of it.</summary>
internal sealed class WebservShape
{
    [Description("Whether the server reloads by itself when this file changes. Otherwise it does on SIGHUP (`webserv reload`).")]
    public bool ReloadOnChange { get; set; } = true;

    [Description("Where plugins come from.")]
    public PluginsOptions Plugins { get; set; } = new();

    [Description("Limits that hold for the whole server. A change takes a restart, except of `MaxRequestBodySize` and `ShutdownTimeout`.")]
    public LimitsOptions Limits { get; set; } = new();

    [Description("How connections are made. A change takes a restart.")]
    public TransportOptions Transport { get; set; } = new();

    [Description("Proxies in front of the server, and what is believed of what they say.")]
    public ProxiesShape Proxies { get; set; } = new();

    [Description("The open-file cache. A change takes a restart.")]
    public FileCacheOptions FileCache { get; set; } = new();

    [Description("The access log of all virtual servers that have none of their own. Without it there is none.")]
    public AccessLogShape? AccessLog { get; set; }

    [Description("A unix-domain socket over which `webserv plugins list` asks the running server; its user and root alone may connect to it. Without it there is none. A change takes a restart.")]
    public string? ControlSocket { get; set; }

    [Description("The virtual servers; at least one.")]
    public IReadOnlyList<VirtualServerShape> VirtualServers { get; set; } = [];
}
