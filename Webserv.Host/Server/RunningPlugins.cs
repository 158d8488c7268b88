using System.Text.Json;
using Webserv.Host.Commands;
using Webserv.Host.Control;
using Webserv.Host.Plugins;

namespace Webserv.Host.Server;

/// <summary>Lists the plugins of a server that runs.</summary>
internal static class RunningPlugins
{
    /// <summary>Asks the server and prints what it says.</summary>
    /// <param name="socket">Its control socket; <see langword="null"/> where the configuration has none.</param>
    /// <param name="listing">How.</param>
    /// <param name="output">Gets the list.</param>
    /// <param name="errors">Gets what is wrong.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The exit status; <see langword="null"/> where no server is there to be asked, and the plugins that are found will do.</returns>
    public static async Task<int?> ListAsync(
        string? socket, PluginListing listing, TextWriter output, TextWriter errors, CancellationToken cancellation)
    {
        try
        {
            var answer = socket is null ? null : await ControlClient.AskAsync(socket, ControlServer.Plugins, cancellation).ConfigureAwait(false);
            if (answer is null)
            {
                return await ExplainAsync(socket, listing, errors).ConfigureAwait(false);
            }

            var status = JsonSerializer.Deserialize(answer, ControlJson.Default.ServerStatus) ?? throw new JsonException("it is null");
            await output.WriteAsync(listing == PluginListing.RunningAsJson ? answer + Environment.NewLine : StatusReport.ToText(status)).ConfigureAwait(false);
            return status.Plugins.Any(plugin => plugin.State == nameof(PluginState.Failed)) ? ExitCodes.Failure : ExitCodes.Success;
        }
        catch (IOException exception)
        {
            await errors.WriteLineAsync("webserv: " + exception.Message).ConfigureAwait(false);
            return ExitCodes.Failure;
        }
        catch (JsonException exception)
        {
            await errors.WriteLineAsync($"webserv: what answers at {socket} is no server of this version: {exception.Message}").ConfigureAwait(false);
            return ExitCodes.Failure;
        }
    }

    private static async Task<int?> ExplainAsync(string? socket, PluginListing listing, TextWriter errors)
    {
        var problem = socket is null ? "the configuration has no ControlSocket" : $"no server answers at {socket}";
        if (listing == PluginListing.RunningAsJson)
        {
            await errors.WriteLineAsync("webserv: " + problem).ConfigureAwait(false);
            return ExitCodes.Failure;
        }

        if (socket is not null)
        {
            await errors.WriteLineAsync($"webserv: {problem}; these are the plugins that its configuration finds").ConfigureAwait(false);
        }

        return null;
    }
}
