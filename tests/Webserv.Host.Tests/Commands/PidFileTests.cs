using System.Globalization;
using System.Net.Sockets;
using Moq;
using Webserv.Host.Commands;
using Webserv.Host.Server;

namespace Webserv.Host.Tests.Commands;

/// <summary>The pid file and the errors of whole servers that start, and of those that do not.</summary>
public sealed class PidFileTests : IDisposable
{
    private const int Patience = 60_000;
    private readonly string _directory = Directory.CreateTempSubdirectory("webserv-pid").FullName;
    private readonly StringWriter _errors = new();

    private string PidPath => Path.Combine(_directory, "webserv.pid");

    private string SocketPath => Path.Combine(_directory, "http.sock");

    private string ConfigurationPath => Path.Combine(_directory, "appsettings.json");

    public void Dispose()
    {
        _errors.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact(Timeout = Patience)]
    public async Task Run_PidFile_IsThereWhileTheServerRunsAndASecondStartLeavesIt()
    {
        Configure("unix:http.sock");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        await using var output = new FirstLine();
        var running = RunAsync(stop.Token, output: output);
        await output.Written.WaitAsync(stop.Token);
        using (var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            await client.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath), stop.Token);
        }

        Assert.Equal(1, await RunAsync(stop.Token));
        Assert.NotEmpty(_errors.ToString());
        Assert.Equal(Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n", await File.ReadAllTextAsync(PidPath, stop.Token));

        await stop.CancelAsync();
        Assert.Equal(0, await running);
        Assert.False(File.Exists(PidPath));
    }

    [Fact(Timeout = Patience)]
    public async Task Run_ConfigurationWithErrors_LeavesThePidFileOfAnother()
    {
        Configure("nowhere");
        await File.WriteAllTextAsync(PidPath, "99999\n", TestContext.Current.CancellationToken);
        Assert.Equal(1, await RunAsync(TestContext.Current.CancellationToken));
        Assert.Equal("99999\n", await File.ReadAllTextAsync(PidPath, TestContext.Current.CancellationToken));
    }

    [Fact(Timeout = Patience)]
    public async Task Run_LoggingWithErrors_ReportsThemWithAllOthers()
    {
        Configure("nowhere", """ "Logging": { "LogLevel": { "Default": "Informatoin" } }, """);
        Assert.Equal(1, await RunAsync(TestContext.Current.CancellationToken));
        var errors = _errors.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, errors.Length);
        Assert.Contains("Logging:LogLevel:Default: 'Informatoin' is not one of ", errors[0], StringComparison.Ordinal);
        Assert.Contains("Webserv:VirtualServers:0:Listen: 'nowhere' is no endpoint", errors[1], StringComparison.Ordinal);
        Assert.False(File.Exists(PidPath));
    }

    [Fact(Timeout = Patience)]
    public async Task Run_PidFileThatCannotBeWritten_Fails()
    {
        Configure("unix:http.sock");
        Assert.Equal(1, await RunAsync(TestContext.Current.CancellationToken, Path.Combine(_directory, "nowhere", "pid")));
        Assert.Contains("cannot be written", _errors.ToString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = Patience)]
    public async Task Run_PidFileTakenOverByAnother_IsLeftThere()
    {
        Configure("unix:http.sock");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        await using var output = new FirstLine();
        var running = RunAsync(stop.Token, output: output);
        Assert.Equal($"listening on unix:{SocketPath} (server0)", await output.Written.WaitAsync(stop.Token));
        Assert.Equal(Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n", await File.ReadAllTextAsync(PidPath, stop.Token));
        await File.WriteAllTextAsync(PidPath, "99999\n", stop.Token);
        await stop.CancelAsync();
        Assert.Equal(0, await running);
        Assert.Equal("99999\n", await File.ReadAllTextAsync(PidPath, TestContext.Current.CancellationToken));
    }

    private void Configure(string listen, string more = "") =>
        File.WriteAllText(ConfigurationPath, $$"""{ {{more}}{{'\n'}} "Webserv": { "VirtualServers": [ { "Listen": "{{listen}}" } ] } }""");

    private Task<int> RunAsync(CancellationToken cancellation, string? pidFile = null, TextWriter? output = null) =>
        new CommandLine(new ServerHost(), Mock.Of<ISignals>())
            .InvokeAsync(["run", "--config", ConfigurationPath, "--pid-file", pidFile ?? PidPath], output ?? TextWriter.Null, _errors, cancellation);

    /// <summary>Standard output of a server, for its first ready line.</summary>
    private sealed class FirstLine : StringWriter
    {
        private readonly TaskCompletionSource<string> _written = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<string> Written => _written.Task;

        public override Task WriteLineAsync(string? value)
        {
            _written.TrySetResult(value ?? "");
            return Task.CompletedTask;
        }
    }
}
