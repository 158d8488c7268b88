using System.Security;
using Webserv.EndToEnd.Tests.Processes;

namespace Webserv.EndToEnd.Tests.Plugins;

/// <summary>Follows the authoring page: packs the contract, and makes projects that are published into plugin folders.</summary>
public sealed class Workshop : IAsyncLifetime
{
    private static readonly string[] Files = ["nuget.config", "Foo.csproj", "FooPlugin.cs", "FooOptions.cs", "FooMiddleware.cs"];

    private readonly ServerFolder _folder = new();
    private readonly AuthoringPage _page = new();

    private string Packages => _folder.Combine("webserv-packages");

    /// <inheritdoc />
    public async ValueTask InitializeAsync()
    {
        // The contract has the same version as long as it is not released: what an earlier run has left in the user's
        // package folder must not be taken for it, but everything else there need not be fetched again.
        var cache = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        _folder.Write("nuget.config", $"""
            <configuration>
              <packageSources>
                <add key="cache" value="{SecurityElement.Escape(cache)}" />
              </packageSources>
              <packageSourceMapping>
                <packageSource key="webserv"><package pattern="Webserv.*" /></packageSource>
                <packageSource key="cache"><package pattern="*" /></packageSource>
                <packageSource key="nuget.org"><package pattern="*" /></packageSource>
              </packageSourceMapping>
            </configuration>
            """);

        // What the tests were built from is packed, not built again, by one run at a time.
        var pack = _page.Commands("1. The contract")
            .Replace(" -c Release ", $" --no-build -c {Repository.BuildConfiguration} ", StringComparison.Ordinal)
            .Replace("dotnet ", $"flock {Repository.Path("Webserv.Abstractions", "obj", "pack.lock")} dotnet ", StringComparison.Ordinal);
        await RunAsync(pack, Repository.Root);
    }

    /// <summary>Follows the page from <c>dotnet new</c> to <c>dotnet publish</c>.</summary>
    /// <param name="target">The plugin folder that comes out.</param>
    /// <param name="name">The name in place of Foo.</param>
    /// <param name="change">What is different from the page, file by file; nothing where it is left out.</param>
    internal async Task PublishAsync(string target, string name = "Foo", Func<string, string, string>? change = null)
    {
        await RunAsync(Named(_page.Commands("2. The project"), name), _folder.Root);
        var project = _folder.Combine(name);
        foreach (var file in Files)
        {
            var text = Named(_page.FileText(file), name).Replace("/home/me/webserv-packages", Packages, StringComparison.Ordinal);
            await File.WriteAllTextAsync(Path.Combine(project, Named(file, name)), change?.Invoke(file, text) ?? text, TestContext.Current.CancellationToken);
        }

        await RunAsync(_page.Commands("6. Build it, drop it, name it").Replace("/opt/webserv/plugins/Foo", target, StringComparison.Ordinal), project);
    }

    /// <summary>The entry that the page puts into the configuration.</summary>
    internal string Entry => _page.Entry;

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private static string Named(string text, string name) => text.Replace("Foo", name, StringComparison.Ordinal);

    private async Task RunAsync(string commands, string directory)
    {
        // Compilers and build nodes that stay behind would hold the output of the commands open.
        var script = $"""
            set -e
            export MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false DOTNET_CLI_USE_MSBUILD_SERVER=0
            export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
            export NUGET_PACKAGES='{_folder.Combine("packages")}'
            {commands.Replace("~/webserv-packages", Packages, StringComparison.Ordinal)}
            """;
        (await ExternalProgram.RunAsync(ExternalProgram.Find("sh", "dash"), ["-c", script], directory)).Succeeded();
    }
}
