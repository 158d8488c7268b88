using System.Diagnostics;
using Webserv.Testing.Processes;

namespace Webserv.Testing.Tests;

public sealed class TestProgramTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_Once_WritesWhatIsSaidAndRemembersHow()
    {
        using var program = new TestProgram("convert") { Output = "out\n'$x'", Errors = "err", ExitCode = 3 };
        using var process = Start(program, "-a", "b c'\n");
        await process.StandardInput.WriteAsync("input");
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync(Cancellation);
        Assert.Equal(("out\n'$x'", "err"), (await process.StandardOutput.ReadToEndAsync(Cancellation), await errors));
        await process.WaitForExitAsync(Cancellation);
        Assert.Equal(3, process.ExitCode);
        var run = Assert.Single(program.Runs);
        Assert.Equal(["-a", "b c'\n"], run.Arguments);
        Assert.Equal(("input", "/", "value=1", process.Id), (run.InputText, run.WorkingDirectory, run.Environment["NAME"], run.ProcessId));
    }

    [Fact]
    public async Task Start_Hangs_StaysUntilItIsEnded()
    {
        using var program = new TestProgram { Output = "first\n", Hangs = true, ReadsInput = false };
        using var process = Start(program);
        Assert.Equal("first", await process.StandardOutput.ReadLineAsync(Cancellation));
        Assert.False(process.HasExited);
        Assert.Equal(process.Id, Assert.Single(program.Runs).ProcessId);
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync(Cancellation);
        Assert.Equal(137, process.ExitCode);
    }

    [Fact]
    public void Dispose_RemovesItsFiles()
    {
        var program = new TestProgram();
        program.Dispose();
        Assert.False(Directory.Exists(Path.GetDirectoryName(program.Path)));
        using var other = new TestProgram();
        Assert.Throws<ArgumentOutOfRangeException>(() => other.ExitCode = 256);
    }

    private static Process Start(TestProgram program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program.Path, arguments)
        {
            WorkingDirectory = "/",
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["NAME"] = "value=1";
        return Process.Start(start)!;
    }
}
