using Webserv.Gateway.Processes;

namespace Webserv.Plugins.FastCgi.Workers;

/// <summary>What a program is told that is about to be started.</summary>
/// <param name="Socket">The path of its socket.</param>
/// <param name="Directory">A directory for what has to be written for it, which is the server's alone.</param>
/// <param name="Identity">As whom it is to run, where that is not the server's user.</param>
internal sealed record WorkerPlace(string Socket, string Directory, ProcessIdentity? Identity)
{
    /// <summary>The path of a file for its configuration, which is deleted with the socket.</summary>
    public string ConfigurationFile => Path.Join(Directory, Path.GetFileNameWithoutExtension(Socket) + ".conf");
}
