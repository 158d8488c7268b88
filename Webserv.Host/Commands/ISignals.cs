namespace Webserv.Host.Commands;

/// <summary>Sends signals to other processes.</summary>
internal interface ISignals
{
    /// <summary>Sends SIGHUP.</summary>
    /// <param name="processId">A process.</param>
    /// <returns>What went wrong, or <see langword="null"/>.</returns>
    string? Hangup(int processId);
}
