namespace Webserv.Host.Configuration;

/// <summary>What becomes of requests for an entry whose breaker is open.</summary>
internal enum BreakerAction
{
    /// <summary>They are answered 503 with Retry-After.</summary>
    Refuse,

    /// <summary>They go on behind the entry, as if it were not there.</summary>
    Skip,

    /// <summary>They are answered 503 until the version of the plugin that served before is back in its place.</summary>
    PreviousVersion,
}
