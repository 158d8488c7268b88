using Webserv.Host.Proxies;

namespace Webserv.Host.Configuration;

/// <summary>The section <c>Webserv</c> of a configuration file, read and checked.</summary>
internal sealed class WebservOptions
{
    /// <summary>The absolute path of the file.</summary>
    public required string File { get; init; }

    /// <summary>The directory that relative paths of the file are relative to.</summary>
    public required string Directory { get; init; }

    /// <summary>Whether the server reloads by itself when the file changes.</summary>
    public bool ReloadOnChange { get; init; } = true;

    /// <summary>Where plugins come from.</summary>
    public required PluginsOptions Plugins { get; init; }

    /// <summary>Limits that hold for the whole server.</summary>
    public required LimitsOptions Limits { get; init; }

    /// <summary>How connections are made.</summary>
    public required TransportOptions Transport { get; init; }

    /// <summary>The proxies in front of the server.</summary>
    public ProxiesOptions Proxies { get; init; } = new();

    /// <summary>The open-file cache.</summary>
    public required FileCacheOptions FileCache { get; init; }

    /// <summary>The absolute path of the socket over which it can be asked; <see langword="null"/> for none.</summary>
    public string? ControlSocket { get; init; }

    /// <summary>The values of the section <c>Logging</c> beside it, by their paths within that; keys ignore case.</summary>
    public IReadOnlyDictionary<string, string> Logging { get; init; } = new Dictionary<string, string>();

    /// <summary>The virtual servers, in the order of the file; at least one.</summary>
    public required IReadOnlyList<VirtualServerOptions> VirtualServers { get; init; }
}
