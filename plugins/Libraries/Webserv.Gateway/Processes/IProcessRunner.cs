namespace Webserv.Gateway.Processes;

/// <summary>Starts programs.</summary>
internal interface IProcessRunner
{
    /// <summary>Starts a program in a process group of its own, with three pipes and nothing else of the server's.</summary>
    /// <exception cref="ProcessStartException">It could not be started.</exception>
    IScriptProcess Start(ProcessStart start);
}
