using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using Webserv.Gateway.Processes;
using Webserv.Gateway.Processes.Linux;
using Webserv.Plugins.Cgi.Python;
using Webserv.Plugins.Cgi.Tests.Fixtures;

namespace Webserv.Plugins.Cgi.Tests;

/// <summary>A script cannot tell whether it was started anew or forked from a warm interpreter.</summary>
public sealed partial class WarmPythonDifferenceTests : IAsyncLifetime
{
    private const string Head = "import sys\nsys.stdout.write('Content-Type: text/plain\\n\\n')\n";
    private static readonly PollStreams Streams = new();
    private static readonly PosixSpawnRunner Runner = new(Streams, TimeProvider.System);
    private readonly string _root = Directory.CreateTempSubdirectory("warm-tests-").FullName;

    public static TheoryData<string> Names => [.. PythonScripts.All.Keys];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_root, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact(Timeout = 240_000)]
    public Task Run_EveryScript_IsTheSameSpawnedAndWarm() => CompareAsync([], []);

    [Fact(Timeout = 120_000)]
    public Task Run_WithOptions_IsTheSameSpawnedAndWarm() =>
        CompareAsync(["-u", "-W", "error::UserWarning", "-X", "utf8=0", "-O"], [("PYTHONIOENCODING", "latin-1:replace"), ("LC_ALL", "C"), ("TZ", "Asia/Tokyo")], "flags", "streams", "text", "warnings", "environment", "output as bytes", "arguments", "input");

    [Fact(Timeout = 120_000)]
    public Task Run_Isolated_IsTheSameSpawnedAndWarm() =>
        CompareAsync(["-ISB"], [], "modules", "flags", "environment", "main", "arguments", "exception", "destructors", "exit text");

    [Fact(Timeout = 60_000)]
    public async Task Run_WithLimits_HasThem()
    {
        var program = ScriptSite.Tool("/usr/bin/python3", "python3");
        var common = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin" };
        var server = await ForkServer.StartAsync(
            new ProcessStart(program, [], "/", common), [], Runner, Streams, TimeProvider.System, NullLogger.Instance, Cancellation);
        await using var _ = server;
        var script = Path.Join(_root, "script.py");
        await File.WriteAllTextAsync(
            script,
            """
            import resource as r
            print([r.getrlimit(n) for n in (r.RLIMIT_AS, r.RLIMIT_CPU, r.RLIMIT_NOFILE, r.RLIMIT_FSIZE, r.RLIMIT_CORE)])
            try:
                bytearray(1 << 30)
            except MemoryError:
                print("no memory", flush=True)
            while True: pass
            """,
            Cancellation);
        var limits = new ProcessLimits { Memory = 512 << 20, CpuTime = 1, OpenFiles = 50, FileSize = 1 << 20, CoreSize = 0 };
        var start = new ProcessStart(program, [script], _root, common) { Limits = limits };
        var answer = await RunAsync(Assert.IsType<WarmScriptProcess>(await server.TryStartAsync(start)));
        Assert.Equal("was killed by signal 24 (SIGXCPU)\n[(536870912, 536870912), (1, 2), (50, 50), (1048576, 1048576), (0, 0)]\nno memory\n\n", answer);
    }

    private async Task CompareAsync(string[] options, (string Name, string Value)[] environment, params string[] names)
    {
        await File.WriteAllTextAsync(Path.Join(_root, "sibling.py"), "NAME = __name__\n", Cancellation);
        await File.WriteAllTextAsync(Path.Join(_root, "broken.py"), "def f():\n    raise ValueError('broken')\nf()\n", Cancellation);
        var common = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin" };
        foreach (var (name, value) in environment)
        {
            common[name] = value;
        }

        // No bytecode is written beside the scripts: the second run would find it.
        common["PYTHONDONTWRITEBYTECODE"] = "1";
        var program = ScriptSite.Tool("/usr/bin/python3", "python3");
        var server = await ForkServer.StartAsync(
            new ProcessStart(program, options, "/", common), [], Runner, Streams, TimeProvider.System, NullLogger.Instance, Cancellation);
        await using var _ = server;
        var differences = new StringBuilder();
        foreach (var (name, text) in PythonScripts.All.Where(script => names.Length == 0 || names.Contains(script.Key)))
        {
            var script = Path.Join(_root, "script.py");
            await File.WriteAllTextAsync(script, Head + text, Cancellation);
            var start = new ProcessStart(
                program,
                [.. options, script],
                _root,
                new Dictionary<string, string>(common) { ["REQUEST_METHOD"] = "POST", ["QUERY_STRING"] = "ä=1", ["EMPTY"] = "", ["EQUALS"] = "a=b=c" });
            var spawned = await RunAsync(Runner.Start(start));
            var warm = await RunAsync(Assert.IsType<WarmScriptProcess>(await server.TryStartAsync(start)));
            if (spawned != warm)
            {
                differences.Append($"\n==== {name}\n---- spawned\n{spawned}\n---- warm\n{warm}");
            }
        }

        Assert.True(differences.Length == 0, differences.ToString());
    }

    private static async Task<string> RunAsync(IScriptProcess process)
    {
        var output = ReadAsync(process.StandardOutput);
        var error = ReadAsync(process.StandardError);
        try
        {
            await process.StandardInput.WriteAsync("first line\nsecond line\r\n\xe4"u8.ToArray(), Cancellation);
        }
        catch (IOException)
        {
            // It does not read, and has ended already.
        }

        await process.StandardInput.DisposeAsync();
        await process.Exited.WaitAsync(Cancellation);
        var exit = process.Reap();
        process.Signal(ScriptSignal.Kill);
        var whole = Addresses().Replace($"{exit}\n{await output}\n{await error}", "0x…");
        await process.DisposeAsync();
        return whole;
    }

    [GeneratedRegex("0x[0-9a-f]{6,}")]
    private static partial Regex Addresses();

    private static async Task<string> ReadAsync(Stream stream)
    {
        using var reader = new StreamReader(stream, Encoding.Latin1, leaveOpen: true);
        return await reader.ReadToEndAsync(Cancellation);
    }
}
