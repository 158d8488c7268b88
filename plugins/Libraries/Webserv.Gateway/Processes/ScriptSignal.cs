namespace Webserv.Gateway.Processes;

/// <summary>What a running script can be sent.</summary>
internal enum ScriptSignal
{
    /// <summary>Nothing: only asks whether anybody is there.</summary>
    Probe,

    /// <summary>Asks it to end (SIGTERM).</summary>
    Terminate,

    /// <summary>Ends it (SIGKILL).</summary>
    Kill,
}
