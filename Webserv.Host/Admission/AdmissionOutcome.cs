namespace Webserv.Host.Admission;

/// <summary>What becomes of a connection that was just accepted.</summary>
internal enum AdmissionOutcome
{
    /// <summary>It is served.</summary>
    Admitted,

    /// <summary>There are <c>Limits.MaxConnections</c>, and none of them is idle.</summary>
    ServerFull,

    /// <summary>Its listener has <c>Limits.MaxConnectionsPerListener</c>, and none of them is idle.</summary>
    ListenerFull,

    /// <summary>Its client has <c>Limits.MaxConnectionsPerClient</c>.</summary>
    ClientFull,

    /// <summary>The server is about to end.</summary>
    Stopping,
}
