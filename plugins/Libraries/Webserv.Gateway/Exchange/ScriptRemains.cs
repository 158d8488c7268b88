using Microsoft.Extensions.Logging;
using Webserv.Gateway.Processes;
using Webserv.Gateway.Processes.Linux;

namespace Webserv.Gateway.Exchange;

/// <summary>What a script may leave behind beyond its process group: processes that left it, and its temporary directory.</summary>
internal sealed class ScriptRemains
{
    private List<MarkedProcess> _outsideGroup = [];

    /// <summary>Who looks for its processes; nobody does where this is <see langword="null"/>.</summary>
    public DescendantSweep? Sweep { get; init; }

    /// <summary>The mark in its environment by which they are found.</summary>
    public string Mark { get; init; } = "";

    /// <summary>Its temporary directory, if it has one.</summary>
    public PrivateDirectory? Directory { get; init; }

    /// <summary>Looks whom the script has started, as long as it is there itself.</summary>
    public void Remember(IScriptProcess process)
    {
        if (Sweep is not null)
        {
            _outsideGroup = ProcessTree.OutsideGroup(process.Id, Mark);
        }
    }

    /// <summary>Ends and removes all of it.</summary>
    /// <param name="hurry">Whether the processes are waited for; else they are ended soon.</param>
    /// <param name="grace">How long they have from SIGTERM to SIGKILL.</param>
    /// <param name="logger">Told what does not go.</param>
    /// <param name="script">The script's path, for messages.</param>
    /// <param name="traceId">The request's, for messages.</param>
    public async Task ClearAsync(bool hurry, TimeSpan grace, ILogger logger, string script, string traceId)
    {
        if (Sweep is not null)
        {
            var gone = Sweep.EndAsync(new EndedScript(Mark, _outsideGroup, grace, script, traceId), hurry);
            if (hurry)
            {
                await gone.ConfigureAwait(false);
            }
        }

        if (Directory is not null)
        {
            await Task.Run(() => RemoveDirectory(logger, script, traceId)).ConfigureAwait(false);
        }
    }

    /// <summary>Removes the temporary directory.</summary>
    public void RemoveDirectory(ILogger logger, string script, string traceId)
    {
        try
        {
            Directory?.Remove();
        }
        catch (IOException exception)
        {
            Log.DirectoryRemains(logger, script, traceId, exception.Message);
        }
    }
}
