using Webserv.Host.Commands;
using Webserv.Host.Configuration;

namespace Webserv.Host.Server;

/// <summary>The server as far as its configuration goes: it checks, and says so of everything else.</summary>
internal sealed class ServerHost : IServerHost
{
    /// <inheritdoc />
    public async Task<int> CheckAsync(string configurationFile, TextWriter output, TextWriter errors, CancellationToken cancellation)
    {
        var result = ConfigurationLoader.Load(configurationFile);
        foreach (var error in result.Errors)
        {
            await errors.WriteLineAsync(error.ToString().AsMemory(), cancellation).ConfigureAwait(false);
        }

        if (result.Errors.Count > 0)
        {
            return ExitCodes.Failure;
        }

        await output.WriteLineAsync($"{configurationFile}: no errors".AsMemory(), cancellation).ConfigureAwait(false);
        return ExitCodes.Success;
    }

    /// <inheritdoc />
    public Task<int> RunAsync(string configurationFile, CancellationToken cancellation) => NotInThisBuildAsync(Console.Error);

    /// <inheritdoc />
    public Task<int> ListPluginsAsync(string configurationFile, TextWriter output, TextWriter errors, CancellationToken cancellation) => NotInThisBuildAsync(errors);

    /// <inheritdoc />
    public Task<int> InspectPluginAsync(string configurationFile, string id, TextWriter output, TextWriter errors, CancellationToken cancellation) => NotInThisBuildAsync(errors);

    private static async Task<int> NotInThisBuildAsync(TextWriter errors)
    {
        await errors.WriteLineAsync("webserv: this build checks configurations only").ConfigureAwait(false);
        return ExitCodes.Failure;
    }
}
