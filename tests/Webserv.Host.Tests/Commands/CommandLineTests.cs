using System.CommandLine;
using Moq;
using Webserv.Host.Commands;

namespace Webserv.Host.Tests.Commands;

public sealed class CommandLineTests : IDisposable
{
    private readonly Mock<IServerHost> _server = new(MockBehavior.Strict);
    private readonly Mock<ISignals> _signals = new(MockBehavior.Strict);
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();
    private readonly string _directory = Directory.CreateTempSubdirectory("webserv-commands").FullName;

    private string PidPath => Path.Combine(_directory, "webserv.pid");

    public void Dispose()
    {
        _output.Dispose();
        _errors.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Theory]
    [InlineData(new string[0], "appsettings.json")]
    [InlineData(new[] { "some/site.json" }, "some/site.json")]
    [InlineData(new[] { "run" }, "appsettings.json")]
    [InlineData(new[] { "run", "--config", "a.json" }, "a.json")]
    [InlineData(new[] { "run", "-c", "a.json" }, "a.json")]
    [InlineData(new[] { "run", "--config=a.json" }, "a.json")]
    [InlineData(new[] { "run", "a.json" }, "a.json")]
    public async Task Invoke_Run_ServesTheFileAndAnswersItsStatus(string[] arguments, string file)
    {
        _server.Setup(server => server.RunAsync(file, null, _output, _errors, It.IsAny<CancellationToken>())).ReturnsAsync(1);
        Assert.Equal(1, await InvokeAsync(arguments));
        _server.VerifyAll();
    }

    [Fact]
    public async Task Invoke_RunCancelled_TellsTheServer()
    {
        using var cancellation = new CancellationTokenSource();
        var running = new TaskCompletionSource();
        _server.Setup(server => server.RunAsync("appsettings.json", null, _output, _errors, It.IsAny<CancellationToken>()))
            .Returns(async (string _, string? _, TextWriter _, TextWriter _, CancellationToken token) =>
            {
                running.SetResult();
                var ended = new TaskCompletionSource();
                await using var registration = token.Register(ended.SetResult);
                await ended.Task;
                return 0;
            });
        var invocation = new CommandLine(_server.Object, _signals.Object).InvokeAsync(["run"], _output, _errors, cancellation.Token);
        await running.Task;
        await cancellation.CancelAsync();
        Assert.Equal(0, await invocation);
    }

    [Fact]
    public async Task Invoke_RunWithPidFile_LeavesItToTheServer()
    {
        _server.Setup(server => server.RunAsync("a.json", PidPath, _output, _errors, It.IsAny<CancellationToken>())).ReturnsAsync(0);
        Assert.Equal(0, await InvokeAsync("run", "-c", "a.json", "--pid-file", PidPath));
        _server.VerifyAll();
        Assert.Empty(Directory.GetFileSystemEntries(_directory));
    }

    [Theory]
    [InlineData("check", "appsettings.json")]
    [InlineData("check a.json", "a.json")]
    [InlineData("check -c a.json", "a.json")]
    public async Task Invoke_Check_ChecksTheFile(string arguments, string file)
    {
        _server.Setup(server => server.CheckAsync(file, It.IsAny<TextWriter>(), It.IsAny<TextWriter>(), It.IsAny<CancellationToken>())).ReturnsAsync(0);
        Assert.Equal(0, await InvokeAsync(arguments.Split(' ')));
        _server.VerifyAll();
    }

    [Fact]
    public async Task Invoke_FileThatLooksLikeAnOption_IsTakenWhereItExists()
    {
        // Only a name without a directory can begin with a hyphen.
        var name = "--" + Path.GetFileName(_directory);
        await File.WriteAllTextAsync(name, "{}", TestContext.Current.CancellationToken);
        try
        {
            _server.Setup(server => server.RunAsync(name, null, _output, _errors, It.IsAny<CancellationToken>())).ReturnsAsync(0);
            Assert.Equal(0, await InvokeAsync(name));
        }
        finally
        {
            File.Delete(name);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Invoke_Check_AnswersTheStatusAndPassesTheWriters(int status)
    {
        _server.Setup(server => server.CheckAsync("a.json", It.IsAny<TextWriter>(), It.IsAny<TextWriter>(), It.IsAny<CancellationToken>()))
            .Returns(async (string _, TextWriter output, TextWriter errors, CancellationToken _) =>
            {
                await output.WriteAsync("out");
                await errors.WriteAsync("err");
                return status;
            });
        Assert.Equal(status, await InvokeAsync("check", "--config", "a.json"));
        Assert.Equal(("out", "err"), (_output.ToString(), _errors.ToString()));
    }

    [Theory]
    [InlineData(nameof(PluginListing.Running))]
    [InlineData(nameof(PluginListing.Found), "--found")]
    [InlineData(nameof(PluginListing.RunningAsJson), "--json")]
    public async Task Invoke_PluginsList_AsksTheServer(string name, params string[] options)
    {
        var listing = Enum.Parse<PluginListing>(name);
        _server.Setup(server => server.ListPluginsAsync("a.json", listing, It.IsAny<TextWriter>(), It.IsAny<TextWriter>(), It.IsAny<CancellationToken>())).ReturnsAsync(0);
        Assert.Equal(0, await InvokeAsync(["plugins", "list", "--config", "a.json", .. options]));
        _server.VerifyAll();
    }

    [Fact]
    public async Task Invoke_PluginsListFoundAsJson_IsNotUnderstood()
    {
        Assert.Equal(2, await InvokeAsync("plugins", "list", "--found", "--json"));
        Assert.Contains("exclude each other", _errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invoke_PluginsInspect_AsksTheServer()
    {
        _server.Setup(server => server.InspectPluginAsync("appsettings.json", "Hello", It.IsAny<TextWriter>(), It.IsAny<TextWriter>(), It.IsAny<CancellationToken>())).ReturnsAsync(1);
        Assert.Equal(1, await InvokeAsync("plugins", "inspect", "Hello"));
        _server.VerifyAll();
    }

    [Fact]
    public async Task Invoke_PluginsVersionsAndRollback_AskTheServer()
    {
        _server.Setup(server => server.ListPluginVersionsAsync("appsettings.json", "Hello", It.IsAny<TextWriter>(), It.IsAny<TextWriter>())).ReturnsAsync(0);
        _server.Setup(server => server.RollBackPluginAsync("a.json", "Hello", null, It.IsAny<TextWriter>(), It.IsAny<TextWriter>())).ReturnsAsync(1);
        _server.Setup(server => server.RollBackPluginAsync("appsettings.json", "Hello", "abc123", It.IsAny<TextWriter>(), It.IsAny<TextWriter>())).ReturnsAsync(0);
        Assert.Equal(0, await InvokeAsync("plugins", "versions", "Hello"));
        Assert.Equal(1, await InvokeAsync("plugins", "rollback", "Hello", "--config", "a.json"));
        Assert.Equal(0, await InvokeAsync("plugins", "rollback", "Hello", "--to", "abc123"));
        _server.VerifyAll();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Invoke_PluginsReference_AnswersTheStatusAndPassesTheWriters(int status)
    {
        _server.Setup(server => server.WritePluginReferenceAsync("a.json", It.IsAny<TextWriter>(), It.IsAny<TextWriter>(), It.IsAny<CancellationToken>()))
            .Returns(async (string _, TextWriter output, TextWriter errors, CancellationToken _) =>
            {
                await output.WriteAsync("page");
                await errors.WriteAsync("problem");
                return status;
            });
        Assert.Equal(status, await InvokeAsync("plugins", "reference", "--config", "a.json"));
        Assert.Equal(("page", "problem"), (_output.ToString(), _errors.ToString()));
    }

    [Theory]
    [InlineData("schema", "\"$schema\": \"https://json-schema.org/draft/2020-12/schema\"")]
    [InlineData("schema --markdown", "# Configuration reference")]
    [InlineData("version", "webserv 0.")]
    [InlineData("--help", "plugins")]
    public async Task Invoke_Information_IsPrinted(string arguments, string expected)
    {
        Assert.Equal(0, await InvokeAsync(arguments.Split(' ')));
        Assert.Contains(expected, _output.ToString(), StringComparison.Ordinal);
        Assert.Empty(_errors.ToString());
    }

    [Theory]
    [InlineData("run --bogus", "--bogus")]
    [InlineData("run --confg a.json", "there is no option '--confg'; did you mean '--config'?")]
    [InlineData("run a.json --config b.json", "named twice")]
    [InlineData("run a.json b.json", "b.json")]
    [InlineData("check --config", "--config")]
    [InlineData("check --bogus", "there is no option '--bogus'")]
    [InlineData("--bogus", "there is no option '--bogus'")]
    [InlineData("--hlp", "did you mean '--help'?")]
    [InlineData("--config a.json", "there is no option '--config' without a command; '--config' is one of webserv run, webserv check, webserv plugins")]
    [InlineData("--pid-file=a.pid", "is one of webserv run, webserv reload")]
    [InlineData("bad.json check", "'bad.json' stands before the command 'check': webserv check --config bad.json")]
    [InlineData("bad.json run --config a.json", "'bad.json' stands before the command 'run'")]
    [InlineData("bad.json plugins list", "'bad.json' stands before the command 'plugins list': webserv plugins list --config bad.json")]
    [InlineData("bad.json version", "'bad.json' stands before the command 'version'")]
    [InlineData("plugins list a.json", "the configuration is named by --config: webserv plugins list --config FILE")]
    [InlineData("plugins", "webserv --help")]
    [InlineData("plugins inspect", "inspect")]
    [InlineData("plugins reference Hello", "Hello")]
    [InlineData("a.json b.json", "b.json")]
    [InlineData("chek", "did you mean 'check'?")]
    [InlineData("reload", "--pid-file")]
    public async Task Invoke_WrongUsage_AnswersTwoAndSaysWhy(string arguments, string expected)
    {
        Assert.Equal(2, await InvokeAsync(arguments.Split(' ')));
        Assert.Contains(expected, _errors.ToString(), StringComparison.Ordinal);
        Assert.Empty(_output.ToString());
    }

    [Theory]
    [InlineData("check", "  webserv check [<file>] [options]")]
    [InlineData("schema", "  webserv schema [options]")]
    [InlineData("plugins list", "  webserv plugins list [options]")]
    public async Task Invoke_HelpOfACommand_ShowsNoFileBeforeIt(string command, string usage)
    {
        Assert.Equal(0, await InvokeAsync([.. command.Split(' '), "--help"]));
        var name = RootCommand.ExecutableName;
        Assert.Contains(usage, _output.ToString().Replace($"  {name} ", "  webserv ", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invoke_Reload_SignalsTheProcessOfThePidFile()
    {
        await File.WriteAllTextAsync(PidPath, "4242\n", TestContext.Current.CancellationToken);
        _signals.Setup(signals => signals.Hangup(4242)).Returns((string?)null);
        Assert.Equal(0, await InvokeAsync("reload", "--pid-file", PidPath));
        _signals.VerifyAll();
        Assert.Contains("4242", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invoke_ReloadOfADeadServer_Fails()
    {
        await File.WriteAllTextAsync(PidPath, "4242", TestContext.Current.CancellationToken);
        _signals.Setup(signals => signals.Hangup(4242)).Returns("process 4242: No such process");
        Assert.Equal(1, await InvokeAsync("reload", "--pid-file", PidPath));
        Assert.Contains("No such process", _errors.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("1")]
    [InlineData("-1")]
    [InlineData("12x")]
    [InlineData("99999999999")]
    public async Task Invoke_ReloadWithoutAProcessId_SignalsNobody(string content)
    {
        await File.WriteAllTextAsync(PidPath, content, TestContext.Current.CancellationToken);
        Assert.Equal(1, await InvokeAsync("reload", "--pid-file", PidPath));
        Assert.Contains("holds no process id", _errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invoke_ReloadWithoutPidFileOnDisk_SaysSo()
    {
        Assert.Equal(1, await InvokeAsync("reload", "--pid-file", PidPath));
        Assert.Contains("does not exist", _errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Hangup_ProcessThatCannotExist_SaysWhy() =>
        Assert.Contains("No such process", new Signals().Hangup(int.MaxValue), StringComparison.Ordinal);

    private Task<int> InvokeAsync(params string[] arguments) =>
        new CommandLine(_server.Object, _signals.Object).InvokeAsync(arguments, _output, _errors, TestContext.Current.CancellationToken);
}
