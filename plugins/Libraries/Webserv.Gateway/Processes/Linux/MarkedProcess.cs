namespace Webserv.Gateway.Processes.Linux;

/// <summary>A process that a script has started.</summary>
/// <param name="id">Its number.</param>
/// <param name="mark">The script's mark.</param>
/// <param name="handle">The process itself, where the system has such handles.</param>
internal sealed class MarkedProcess(int id, string mark, ProcessHandle? handle) : IDisposable
{
    public int Id => id;

    public string Mark => mark;

    /// <summary>Sends it a signal.</summary>
    /// <returns>Whether it was there.</returns>
    public bool Signal(ScriptSignal signal) =>
        handle is not null ? handle.Signal(signal) : Native.Kill(id, Native.NumberOf(signal)) == 0;

    public void Dispose() => handle?.Dispose();
}
