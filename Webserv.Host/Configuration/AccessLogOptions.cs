namespace Webserv.Host.Configuration;

/// <summary>An access log, read and checked.</summary>
internal sealed class AccessLogOptions
{
    /// <summary>Where it stands: <c>Webserv:AccessLog</c>.</summary>
    public required string ConfigurationPath { get; init; }

    /// <summary>The format of its lines.</summary>
    public AccessLogFormat Format { get; init; }

    /// <summary>Where the lines go.</summary>
    public required LogFileOptions File { get; init; }
}
