namespace Webserv.Host.Configuration;

/// <summary>What a line of the access log looks like.</summary>
internal enum AccessLogFormat
{
    /// <summary>The combined log format of Apache and nginx: the common one, then Referer and User-Agent.</summary>
    Combined,

    /// <summary>The common log format: client, user, time, request line, status, bytes.</summary>
    Common,

    /// <summary>An object of JSON a line.</summary>
    Json,
}
