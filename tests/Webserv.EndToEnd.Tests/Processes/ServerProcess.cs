using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Webserv.EndToEnd.Tests.Processes;

/// <summary>
/// The built server as a process of its own. It is ready when it has printed a line for each endpoint; its standard error is
/// kept and can be waited for. Stopped by SIGTERM when it is disposed, and killed if that does not end it.
/// </summary>
internal sealed partial class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly LineLog _output;
    private readonly List<Uri> _endpoints = [];

    private ServerProcess(Process process, LineLog output, LineLog log)
    {
        _process = process;
        _output = output;
        Log = log;
    }

    /// <summary>Standard error: the log.</summary>
    public LineLog Log { get; }

    /// <summary>Standard output, line by line.</summary>
    public IReadOnlyList<string> Output => _output.Lines;

    /// <summary>The process.</summary>
    public int Id => _process.Id;

    /// <summary>Whether it runs.</summary>
    public bool IsRunning => !_process.HasExited;

    /// <summary>The endpoints that it listens on, in the order of the configuration, with the ports they have.</summary>
    public IReadOnlyList<Uri> Endpoints => _endpoints;

    /// <summary>The first endpoint.</summary>
    public Uri Address => _endpoints[0];

    /// <summary>A client of the first endpoint that follows no redirects. Dispose it.</summary>
    public HttpClient CreateClient(int endpoint = 0) =>
        new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false })
        {
            BaseAddress = _endpoints[endpoint],
            Timeout = TimeSpan.FromSeconds(60),
        };

    /// <summary>A connection for bytes as they are. Dispose it.</summary>
    public Task<RawClient> ConnectAsync(int endpoint = 0) => RawClient.ConnectAsync(_endpoints[endpoint]);

    /// <summary>The open descriptors of the process.</summary>
    public int CountDescriptors() => Directory.GetFileSystemEntries($"/proc/{Id}/fd").Length;

    /// <summary>The memory that the process has in RAM now, in bytes.</summary>
    public long ResidentBytes() => ReadStatus("VmRSS");

    /// <summary>The most memory that the process ever had in RAM, in bytes.</summary>
    public long PeakResidentBytes() => ReadStatus("VmHWM");

    /// <summary>Runs <c>webserv run</c> on the configuration of a folder and waits for its ready lines.</summary>
    /// <param name="folder">Its <c>appsettings.json</c> is served. Not disposed with the process.</param>
    /// <param name="endpoints">How many ready lines there will be.</param>
    /// <param name="environment">Variables on top of those of the tests.</param>
    /// <param name="program">Another build of the server than that of the checkout.</param>
    /// <param name="launcher">A program and arguments that run the server, such as <c>["prlimit", "--nofile=64"]</c>.</param>
    public static async Task<ServerProcess> StartAsync(
        ServerFolder folder,
        int endpoints = 1,
        IReadOnlyDictionary<string, string>? environment = null,
        string? program = null,
        IReadOnlyList<string>? launcher = null)
    {
        string[] command = [.. launcher ?? [], program ?? Repository.Server, "run", "--config", folder.Configuration];
        Assert.True(File.Exists(command[^4]), $"{command[^4]} is missing: dotnet build Webserv.sln -c Release");
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = folder.Root,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // Plugin copies of one test never meet those of another; Debian's programs come before those of a developer.
        start.Environment["XDG_CACHE_HOME"] = folder.MakeDirectory(".cache");
        start.Environment["PATH"] = "/usr/bin:" + start.Environment["PATH"];
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        var output = new LineLog();
        var log = new LineLog();
        var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => output.Add(line.Data);
        process.ErrorDataReceived += (_, line) => log.Add(line.Data);
        process.Start();
        var server = new ServerProcess(process, output, log);
        try
        {
            process.StandardInput.Close();
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            await server.WaitUntilReadyAsync(endpoints);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends a signal to the process.</summary>
    public void Signal(PosixSignalNumber signal) => NativeCalls.Send(Id, signal);

    /// <summary>Sends SIGTERM and waits for the end.</summary>
    /// <returns>The exit status.</returns>
    public async Task<int> StopAsync()
    {
        if (IsRunning)
        {
            Signal(PosixSignalNumber.Terminate);
        }

        return await WaitForExitAsync();
    }

    /// <summary>Waits for the end of the process.</summary>
    /// <returns>The exit status.</returns>
    public async Task<int> WaitForExitAsync()
    {
        using var timeout = new CancellationTokenSource(StopTimeout);
        await _process.WaitForExitAsync(timeout.Token);
        return _process.ExitCode;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        try
        {
            await StopAsync();
        }
        catch (OperationCanceledException)
        {
            // The test that sees to an orderly end calls StopAsync itself; here the process only has to go.
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        TestContext.Current.TestOutputHelper?.WriteLine(Log.ToString());
        _process.Dispose();
    }

    private async Task WaitUntilReadyAsync(int count)
    {
        await _output.WaitAsync(lines => lines.Count(line => ReadyLine().IsMatch(line)) >= count, StartTimeout, Log.ToString);
        foreach (var line in _output.Lines)
        {
            if (ReadyLine().Match(line) is { Success: true } match)
            {
                _endpoints.Add(new Uri(match.Groups[1].Value.Replace("unix:", "unix://", StringComparison.Ordinal)));
            }
        }
    }

    private long ReadStatus(string name)
    {
        var line = File.ReadLines($"/proc/{Id}/status").Single(line => line.StartsWith(name + ":", StringComparison.Ordinal));
        return long.Parse(line.AsSpan(name.Length + 1).Trim().TrimEnd("kB").Trim(), CultureInfo.InvariantCulture) * 1024;
    }

    [GeneratedRegex(@"^listening on (\S+) \(.*\)$")]
    private static partial Regex ReadyLine();
}
