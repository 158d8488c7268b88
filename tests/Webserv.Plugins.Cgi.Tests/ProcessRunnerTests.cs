using Microsoft.Win32.SafeHandles;
using Webserv.Abstractions.IO;
using Webserv.Gateway.Processes;
using Webserv.Gateway.Processes.Linux;
using Webserv.Gateway.Processes.Portable;
using Webserv.Plugins.Cgi.Tests.Fixtures;

namespace Webserv.Plugins.Cgi.Tests;

/// <summary>Both ways of starting programs, and posix_spawn where the kernel has no pidfds.</summary>
public sealed class ProcessRunnerTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory(Timeout = 20_000)]
    [InlineData("spawn")]
    [InlineData("spawn without pidfd")]
    [InlineData("portable")]
    public async Task Start_Program_HasPipesEnvironmentDirectoryAndStatus(string kind)
    {
        var process = Runner(kind).Start(Shell("cat; echo \"$A $PWD ${HOME-none}\"; echo err >&2; exit 7"));
        await process.StandardInput.WriteAsync("in\n"u8.ToArray(), Cancellation);
        await process.StandardInput.DisposeAsync();
        Assert.Equal("in\nü /usr none\n", await ReadAsync(process.StandardOutput));
        Assert.Equal("err\n", await ReadAsync(process.StandardError));
        await process.Exited.WaitAsync(Cancellation);
        Assert.Equal(new ProcessExit(7), process.Reap());
        Assert.False(process.Signal(ScriptSignal.Probe));
        await process.DisposeAsync();
    }

    [Theory(Timeout = 20_000)]
    [InlineData("spawn", 15)]
    [InlineData("spawn without pidfd", 15)]
    [InlineData("portable", 9)]
    public async Task Signal_Terminate_EndsTheProgramAndItsChildren(string kind, int signal)
    {
        var process = Runner(kind).Start(Shell("sleep 1000 & echo $!; wait"));
        var buffer = new byte[32];
        var count = await process.StandardOutput.ReadAsync(buffer, Cancellation);
        Assert.True(count > 0);
        Assert.True(process.Signal(ScriptSignal.Terminate));
        await process.Exited.WaitAsync(Cancellation);
        Assert.Equal(new ProcessExit(null, signal), process.Reap());
        Assert.Equal("", await ReadAsync(process.StandardOutput)); // the child held it, too
        await process.DisposeAsync();
    }

    [Theory(Timeout = 20_000)]
    [InlineData("spawn")]
    [InlineData("portable")]
    public async Task Dispose_StreamsOfAProgramThatEnded_AreClosed(string kind)
    {
        var process = Runner(kind).Start(Shell("exit 0"));
        await process.Exited.WaitAsync(Cancellation);
        process.Reap();
        await process.DisposeAsync();
        await Assert.ThrowsAnyAsync<ObjectDisposedException>(() => process.StandardInput.WriteAsync("x"u8.ToArray(), Cancellation).AsTask());
        foreach (var stream in (Stream[])[process.StandardOutput, process.StandardError])
        {
            await Assert.ThrowsAnyAsync<ObjectDisposedException>(() => stream.ReadAsync(new byte[1], Cancellation).AsTask());
        }
    }

    [Theory]
    [InlineData("spawn", "/no/such/program", (int)ProcessStartFailure.NotFound)]
    [InlineData("spawn", "/etc/passwd", (int)ProcessStartFailure.NotExecutable)]
    [InlineData("portable", "/no/such/program", (int)ProcessStartFailure.NotFound)]
    [InlineData("portable", "/etc/passwd", (int)ProcessStartFailure.NotExecutable)]
    public void Start_NoProgram_SaysWhy(string kind, string program, int failure)
    {
        var exception = Assert.Throws<ProcessStartException>(() => Runner(kind).Start(Shell("") with { Program = program }));
        Assert.Equal((ProcessStartFailure)failure, exception.Failure);
        Assert.Contains(program, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Start_EnvironmentTooLarge_SaysSo()
    {
        var start = Shell("") with { Environment = new Dictionary<string, string> { ["A"] = new('x', 4 << 20) } };
        Assert.Equal(ProcessStartFailure.TooLarge, Assert.Throws<ProcessStartException>(() => Runner("spawn").Start(start)).Failure);
    }

    [Fact(Timeout = 20_000)]
    public async Task Start_BesideSystemDiagnosticsProcess_EachReapsItsOwn()
    {
        var spawned = Runner("spawn").Start(Shell("exit 5"));
        using var other = System.Diagnostics.Process.Start("/bin/sh", ["-c", "exit 6"]);
        await other.WaitForExitAsync(Cancellation);
        await spawned.Exited.WaitAsync(Cancellation);
        Assert.Equal((6, new ProcessExit(5)), (other.ExitCode, spawned.Reap()));
        await spawned.DisposeAsync();
    }

    private static IProcessRunner Runner(string kind) => kind switch
    {
        "spawn" => new PosixSpawnRunner(new PollStreams(), TimeProvider.System),
        "spawn without pidfd" => new PosixSpawnRunner(new NoPidfdStreams(), TimeProvider.System),
        _ => new PortableProcessRunner(),
    };

    private static ProcessStart Shell(string script) =>
        new("/bin/sh", ["-c", script], "/usr", new Dictionary<string, string> { ["A"] = "ü", ["PATH"] = "/usr/bin:/bin" });

    private static async Task<string> ReadAsync(Stream stream)
    {
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(Cancellation);
    }

    private sealed class NoPidfdStreams : IPipeStreams
    {
        private readonly PollStreams _streams = new();
        private int _opened;

        // Standard output and error come first; the third is the pidfd.
        public Stream OpenRead(SafeFileHandle handle)
        {
            if (++_opened <= 2)
            {
                return _streams.OpenRead(handle);
            }

            handle.Dispose();
            throw new NotSupportedException();
        }

        public Stream OpenWrite(SafeFileHandle handle) => _streams.OpenWrite(handle);
    }
}
