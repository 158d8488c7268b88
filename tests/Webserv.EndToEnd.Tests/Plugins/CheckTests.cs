using Webserv.EndToEnd.Tests.Processes;

namespace Webserv.EndToEnd.Tests.Plugins;

/// <summary>The command <c>webserv check</c>, and the exit statuses.</summary>
public sealed class CheckTests
{
    [Fact]
    public async Task Check_FourMistakes_ListsAllWithLineAndPath()
    {
        using var folder = new ServerFolder();
        folder.MakeDirectory("site");
        folder.Configure("""
            {
              "Webserv": {
                "VirtualServers": [
                  {
                    "Name": "main",
                    "Listen": [
                      "http://127.0.0.1:8080",
                      "http://127.0.0.1:8080"
                    ],
                    "Root": "site",
                    "MaxRequestBodySize": "10MBB",
                    "Pipline": [],
                    "Pipeline": [
                      { "Use": "StaticFiles" },
                      { "Use": "Nothing" }
                    ]
                  }
                ]
              }
            }
            """);
        var result = await RunAsync("check", "--config", folder.Configuration);
        Assert.Equal(1, result.ExitCode);
        var lines = result.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(4, lines.Length);
        Assert.StartsWith($"{folder.Configuration}:8: Webserv:VirtualServers:0:Listen:1: ", lines[0], StringComparison.Ordinal);
        Assert.StartsWith($"{folder.Configuration}:11: Webserv:VirtualServers:0:MaxRequestBodySize: ", lines[1], StringComparison.Ordinal);
        Assert.Contains("10MBB", lines[1], StringComparison.Ordinal);
        Assert.StartsWith($"{folder.Configuration}:12: Webserv:VirtualServers:0:Pipline: ", lines[2], StringComparison.Ordinal);
        Assert.Contains("Pipeline", lines[2][lines[2].IndexOf("Pipline: ", StringComparison.Ordinal)..], StringComparison.Ordinal);
        Assert.StartsWith($"{folder.Configuration}:15: Webserv:VirtualServers:0:Pipeline:1:Use: ", lines[3], StringComparison.Ordinal);
        Assert.Contains("Nothing", lines[3], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_FourMistakes_DoesNotStart()
    {
        using var folder = new ServerFolder();
        folder.Configure("""{ "Webserv": { "VirtualServers": [ { "Name": "main", "Listen": ["http://127.0.0.1:0"], "Pipline": [] } ] } }""");
        var result = await RunAsync("run", "--config", folder.Configuration);
        Assert.Equal(1, result.ExitCode);
        Assert.Empty(result.Output);
        Assert.Contains($"{folder.Configuration}:1: Webserv:VirtualServers:0:Pipline: ", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_ConfigurationOfTheRepository_HasNoErrors()
    {
        using var folder = new ServerFolder();
        File.Copy(Repository.Path("appsettings.json"), folder.Configuration);
        folder.CopyDirectory(Repository.Path("sample-site"), "sample-site");
        folder.CopyDirectory(Repository.Path("cgi-bin"), "cgi-bin");
        folder.MakeDirectory("var", "uploads");
        var result = await RunAsync("check", "--config", folder.Configuration);
        Assert.Equal((0, ""), (result.ExitCode, result.Errors));
        Assert.Contains("no errors", result.Output, StringComparison.Ordinal);
    }

    /// <summary>What the unit of systemd starts, with the directories that it and its instructions make, below another root.</summary>
    [Fact]
    public async Task Check_PackagedConfiguration_HasNoErrors()
    {
        var unit = await File.ReadAllTextAsync(Repository.Path("packaging", "webserv.service"), TestContext.Current.CancellationToken);
        using var folder = new ServerFolder();
        folder.MakeDirectory("srv", "www");
        foreach (var (key, parent) in (ReadOnlySpan<(string, string)>)[("StateDirectory=", "lib"), ("LogsDirectory=", "log")])
        {
            var names = unit.Split('\n').Single(line => line.StartsWith(key, StringComparison.Ordinal))[key.Length..];
            foreach (var directory in names.Split(' '))
            {
                folder.MakeDirectory("var", parent, directory);
            }
        }

        var text = await File.ReadAllTextAsync(Repository.Path("packaging", "appsettings.json"), TestContext.Current.CancellationToken);
        text = text.Replace("\"/srv/", $"\"{folder.Combine("srv")}/", StringComparison.Ordinal)
            .Replace("\"/var/", $"\"{folder.Combine("var")}/", StringComparison.Ordinal);
        folder.Write("etc/webserv/appsettings.json", text);
        var result = await RunAsync("check", "--config", folder.Combine("etc", "webserv", "appsettings.json"));
        Assert.Equal((0, ""), (result.ExitCode, result.Errors));
        Assert.Contains("no errors", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_FileThatIsNotThere_Is1AndNamed()
    {
        using var folder = new ServerFolder();
        var result = await RunAsync("check", "--config", folder.Combine("none.json"));
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(folder.Combine("none.json"), result.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("check", "--confg", "x.json")]
    [InlineData("chekc")]
    [InlineData("plugins")]
    [InlineData("run", "--config")]
    public async Task Run_CommandLineThatIsNotUnderstood_Is2(params string[] arguments)
    {
        var result = await RunAsync(arguments);
        Assert.Equal(2, result.ExitCode);
        Assert.NotEmpty(result.Errors);
    }

    private static Task<ProgramResult> RunAsync(params string[] arguments) => ExternalProgram.RunAsync(Repository.Server, arguments);
}
