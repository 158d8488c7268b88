using System.Globalization;
using System.Security;
using Webserv.EndToEnd.Tests.Processes;

namespace Webserv.EndToEnd.Tests.Plugins;

/// <summary>The machine of somebody who writes a plugin: a directory of packages, NuGet and templates of its own.</summary>
internal sealed class Workshop : IAsyncDisposable
{
    private readonly ServerFolder _folder = new();

    // The contract has the same version as long as it is not released: what somebody else has packed must not be taken for it.
    private readonly string _version = "0.0.0-e2e." + Environment.ProcessId.ToString(CultureInfo.InvariantCulture);

    /// <summary>Makes the machine.</summary>
    public Workshop()
    {
        // Nothing comes over the network: what the solution was restored with is there.
        Packages = _folder.MakeDirectory("webserv-packages");
        _folder.Write("home/.nuget/NuGet/NuGet.Config", $"""
            <configuration>
              <packageSources><clear /></packageSources>
              <fallbackPackageFolders><add key="restored" value="{SecurityElement.Escape(RestoredPackages)}" /></fallbackPackageFolders>
            </configuration>
            """);
    }

    /// <summary>Where the page has <c>~/webserv-packages</c>.</summary>
    public string Packages { get; }

    /// <summary>What runs the commands of this machine.</summary>
    public Dictionary<string, string> Variables => new()
    {
        ["HOME"] = _folder.Combine("home"),
        ["DOTNET_CLI_HOME"] = _folder.Combine("home"),
        ["NUGET_PACKAGES"] = _folder.Combine("packages"),
        ["NuGetAudit"] = "false",
        ["DOTNET_NOLOGO"] = "1",
        ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
        ["DOTNET_TieredPGO"] = "0", // No command lives for long enough to gain by it.
        ["TESTINGPLATFORM_TELEMETRY_OPTOUT"] = "1",

        // Build nodes that stay behind would hold the output of the commands open. A compiler that stays spares seconds each time; its
        // pipe lies in the temporary directory, so that it is nobody else's, and it is ended with the machine.
        ["TMPDIR"] = _folder.MakeDirectory("tmp"),
        ["UseSharedCompilation"] = "true",
        ["MSBUILDDISABLENODEREUSE"] = "1",
        ["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0",
    };

    private static string RestoredPackages =>
        Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    /// <summary>The path of something in the directory where plugins are made.</summary>
    public string Combine(params string[] parts) => _folder.Combine(parts);

    /// <summary>Writes a source file.</summary>
    public void Write(string file, string text) => _folder.Write(file, text);

    /// <summary>Packs what the tests were built from; it is not built again. One run at a time.</summary>
    /// <param name="commands">The commands of the page.</param>
    public Task<string> PackAsync(string commands) =>
        RunAsync(
            commands.Replace(
                "packaging/pack ~/webserv-packages",
                $"flock {Repository.Path("Webserv.Abstractions", "obj", "pack.lock")} packaging/pack ~/webserv-packages"
                + $" -p:NoBuild=true -p:Configuration={Repository.BuildConfiguration} -p:PackageVersion={_version}",
                StringComparison.Ordinal),
            Repository.Root);

    /// <summary>Runs commands.</summary>
    /// <param name="commands">As the page has them.</param>
    /// <param name="directory">Where; the directory where plugins are made if it is left out.</param>
    /// <returns>What they wrote.</returns>
    public async Task<string> RunAsync(string commands, string? directory = null)
    {
        var script = $"set -e\n{commands.Replace("~/webserv-packages", Packages, StringComparison.Ordinal)}";
        string[] variables = [.. Variables.Select(variable => $"{variable.Key}={variable.Value}")];
        return (await ExternalProgram.RunAsync(
            ExternalProgram.Find("env", "coreutils"), [.. variables, "sh", "-c", script], directory ?? _folder.Root)).Succeeded();
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        // Where the compiler of another run was taken for ours, none was started and there is none to end.
        await RunAsync("dotnet build-server shutdown --vbcscompiler || :");
        _folder.Dispose();
    }
}
