using System.ComponentModel;

namespace Webserv.Host.Configuration;

/// <summary>A configuration file as it is written; the top of the JSON schema.</summary>
internal sealed class ConfigurationFileShape
{
    /// <summary>The key that names the JSON schema; a property cannot be called so.</summary>
    public const string SchemaKey = "$schema";

    [Description("The server.")]
    public WebservShape Webserv { get; set; } = new();

    [Description("The log of the server.")]
    public LoggingShape Logging { get; set; } = new();
}
