using System.Diagnostics;
using Webserv.Abstractions.Configuration;
using Webserv.Gateway.Processes;
using Webserv.Gateway.Processes.Linux;
using Webserv.Plugins.Cgi.Tests.Fixtures;

namespace Webserv.Plugins.Cgi.Tests;

/// <summary>Programs started with limits have them from their first instruction on, and whatever fails is said as it is without.</summary>
public sealed class ProcessLimitsTests : IDisposable
{
    private const uint Nobody = 65534;

    private readonly PosixSpawnRunner _runner = new(new PollStreams(), TimeProvider.System);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static ProcessIdentity OfNobody => new(Nobody, Nobody, [Nobody, 12345]);

    public void Dispose() => _runner.Dispose();

    [Fact(Timeout = 20_000)]
    public async Task Start_AllLimits_AreSeenByTheProgramItself()
    {
        var limits = new ProcessLimits
        {
            Memory = 512 << 20,
            CpuTime = 7,
            Processes = 1000,
            OpenFiles = 32,
            FileSize = 1 << 20,
            CoreSize = 0,
            Niceness = 15,
            Umask = 0x1B, // 033
        };
        var table = await RunAsync("/bin/cat", ["/proc/self/limits"], limits);
        Assert.Matches("Max address space +536870912 +536870912 ", table);
        Assert.Matches("Max cpu time +7 +8 ", table);
        Assert.Matches("Max processes +1000 +1000 ", table);
        Assert.Matches("Max open files +32 +32 ", table);
        Assert.Matches("Max file size +1048576 +1048576 ", table);
        Assert.Matches("Max core file size +0 +0 ", table);
        Assert.Equal("15 0033", (await RunAsync("/bin/sh", ["-c", "while [ $(nice) != 15 ]; do :; done; echo $(nice) $(umask)"], limits)).Trim());
    }

    [Fact(Timeout = 20_000)]
    public async Task Start_Limits_LeaveTheServerAndOtherProgramsAlone()
    {
        var (before, mask) = (await File.ReadAllTextAsync("/proc/self/limits", Cancellation), UmaskOfSelf());
        await RunAsync("/bin/true", [], new ProcessLimits { OpenFiles = 20, CoreSize = 0, Umask = 0x1FF, Niceness = 19 });
        Assert.Equal(before, await File.ReadAllTextAsync("/proc/self/limits", Cancellation));
        Assert.Equal(mask, UmaskOfSelf());
        Assert.DoesNotMatch("Max open files +20 ", await RunAsync("/bin/cat", ["/proc/self/limits"], ProcessLimits.None));

        // The next one from the same thread has its own, and no other.
        var next = await RunAsync("/bin/sh", ["-c", "umask; nice; ulimit -n"], new ProcessLimits { OpenFiles = 21 });
        Assert.Equal($"{mask}\n{(await RunAsync("/bin/sh", ["-c", "nice"], ProcessLimits.None)).Trim()}\n21\n", next);
    }

    [Fact(Timeout = 20_000)]
    public async Task Start_MoreThanTheHardLimit_GetsThat()
    {
        var hard = await RunAsync("/bin/sh", ["-c", "ulimit -Hn"], ProcessLimits.None);
        Assert.Equal(hard, await RunAsync("/bin/sh", ["-c", "ulimit -n"], new ProcessLimits { OpenFiles = long.MaxValue }));
    }

    [Theory]
    [InlineData("/no/such/program", (int)ProcessStartFailure.NotFound)]
    [InlineData("/etc/passwd", (int)ProcessStartFailure.NotExecutable)]
    public void Start_NoProgram_SaysWhyAsWithoutLimits(string program, int failure)
    {
        var start = Make(program, [], new ProcessLimits { CoreSize = 0 });
        for (var i = 0; i < 3; i++)
        {
            var exception = Assert.Throws<ProcessStartException>(() => _runner.Start(start));
            Assert.Equal((ProcessStartFailure)failure, exception.Failure);
            Assert.Contains(program, exception.Message, StringComparison.Ordinal);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Start_ManyAtOnce_EachHasItsOwnLimitAndNothingOfTheOthers()
    {
        await RunAsync("/bin/true", [], new ProcessLimits { OpenFiles = 64 });
        await Parallel.ForEachAsync(Enumerable.Range(0, 200), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) =>
        {
            var said = await RunAsync("/bin/sh", ["-c", "ulimit -n; ls /proc/self/fd | tr '\\n' ' '"], new ProcessLimits { OpenFiles = 100 + i });
            Assert.Equal($"{100 + i}\n0 1 2 3 ", said); // 3 is the directory itself
        });
    }

    [Fact(Timeout = 20_000)]
    public void Dispose_Launcher_EndsItsThread()
    {
        var launcher = new LimitedLauncher();
        var thread = $"/proc/self/task/{launcher.ThreadId}";
        Assert.True(Directory.Exists(thread));
        launcher.Dispose();

        // The thread is joined when its managed part is over; the rest of it takes a moment.
        Assert.True(SpinWait.SpinUntil(() => !Directory.Exists(thread), TimeSpan.FromSeconds(10)));
    }

    [Fact(Timeout = 20_000)]
    public async Task Start_Identity_IsTheUserWithItsGroupsAndNoWayBack()
    {
        if (!Accounts.IsRoot)
        {
            // Nobody else than root can be asked for it.
            var problems = new List<string>();
            ProcessLimitsReader.Read(new ProcessLimitOptions { User = "nobody", Group = "nogroup" }, problems);
            Assert.StartsWith("User: the server must run as root", Assert.Single(problems), StringComparison.Ordinal);
            return;
        }

        var status = await RunAsync("/bin/cat", ["/proc/self/status"], new ProcessLimits { Identity = OfNobody, CoreSize = 0 });
        Assert.Contains("Uid:\t65534\t65534\t65534\t65534\n", status, StringComparison.Ordinal);
        Assert.Contains("Gid:\t65534\t65534\t65534\t65534\n", status, StringComparison.Ordinal);
        Assert.Matches("Groups:\t12345 65534 *\n", status);
        Assert.Matches("CapPrm:\t0+\n", status);
        Assert.Matches("CapEff:\t0+\n", status);

        // Its own pipes can be opened anew, and its arguments are as they were.
        Assert.Equal(
            "a  b|$x|'|--\n",
            await RunAsync("/bin/sh", ["-c", "echo \"$*\" > /dev/stdout", "sh", "a  b|$x|'|--"], new ProcessLimits { Identity = OfNobody }));
    }

    [Fact(Timeout = 20_000)]
    public async Task Start_IdentityThatMayNotRunIt_SaysSoAfterwards()
    {
        if (!Accounts.IsRoot)
        {
            Assert.NotEmpty(ReadIdentityProblems());
            return;
        }

        var directory = Directory.CreateTempSubdirectory("cgi-tests-").FullName;
        try
        {
            var program = Path.Join(directory, "a.sh");
            await File.WriteAllTextAsync(program, "#!/bin/sh\nexit 126\n", Cancellation);
            Permit(directory, "rwxr-xr-x");
            Assert.Equal(ProcessStartFailure.NotExecutable, await FailureAsync(program, "rw-r--r--"));
            Assert.Equal(ProcessStartFailure.NotExecutable, await FailureAsync(program, "rwx------"));
            Assert.Null(await FailureAsync(program, "rwxr-xr-x")); // It has run, and exited with 126 itself.
            await File.WriteAllTextAsync(program, "#!/no/such/interpreter\n", Cancellation);
            Assert.Equal(ProcessStartFailure.NotFound, await FailureAsync(program, "rwxr-xr-x"));
            await File.WriteAllTextAsync(program, "echo no first line\n", Cancellation);
            Assert.Equal(
                ProcessStartFailure.UnknownFormat,
                Assert.Throws<ProcessStartException>(() => _runner.Start(Make(program, [], new ProcessLimits { Identity = OfNobody }))).Failure);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact(Timeout = 20_000)]
    public async Task FindProblem_WhatCannotBe_IsSaidBeforeAnyRequest()
    {
        Assert.Null(await _runner.FindProblemAsync(ProcessLimits.None, Cancellation));
        Assert.Null(await _runner.FindProblemAsync(new ProcessLimits { CoreSize = 0, Niceness = 19, Umask = 0x12, Memory = 64 << 20 }, Cancellation));
        Assert.NotNull(await _runner.FindProblemAsync(new ProcessLimits { Memory = 4096 }, Cancellation));
    }

    [Fact]
    public void Check_Wrong_NamesEverything()
    {
        var options = new ProcessLimitOptions
        {
            Memory = ByteSize.FromMegabytes(1),
            CpuTime = TimeSpan.FromMilliseconds(1),
            Processes = 0,
            OpenFiles = 3,
            Niceness = 20,
            Umask = "8",
            User = "",
            Group = "a\0",
        };
        Assert.Equal(
            ["Memory", "CpuTime", "Processes", "OpenFiles", "Niceness", "Umask", "User", "Group"],
            ProcessLimitsReader.Check(options).Select(static failure => failure[..failure.IndexOf(':', StringComparison.Ordinal)]));
        Assert.Empty(ProcessLimitsReader.Check(new ProcessLimitOptions()));
    }

    [Fact]
    public void Read_Values_ArePlainAndCoreFilesGoAlong()
    {
        var problems = new List<string>();
        Assert.Equal(ProcessLimits.None, ProcessLimitsReader.Read(new ProcessLimitOptions(), problems));
        Assert.Equal(
            new ProcessLimits { CpuTime = 2, Umask = 0x17, CoreSize = 0 },
            ProcessLimitsReader.Read(new ProcessLimitOptions { CpuTime = TimeSpan.FromSeconds(1.5), Umask = "027" }, problems));
        Assert.Empty(problems);
    }

    [Fact]
    public void Read_NoSuchUserOrGroup_NamesBoth()
    {
        var problems = new List<string>();
        ProcessLimitsReader.Read(new ProcessLimitOptions { User = "no-such-user", Group = "no-such-group" }, problems);
        Assert.Equal(Accounts.IsRoot ? 2 : 1, problems.Count);
        Assert.All(problems, static problem => Assert.Matches("^(User|Group): ", problem));
    }

    [Fact]
    public void Accounts_NamesAndNumbers_AreFound()
    {
        Assert.Equal(0u, Accounts.FindUser("root")?.Id);
        Assert.Equal("root", Accounts.FindUser("0")?.Name);
        Assert.Equal((4_000_000_000u, null), (Accounts.FindUser("4000000000")!.Id, Accounts.FindUser("4000000000")!.Name));
        Assert.Null(Accounts.FindUser("no-such-user"));
        Assert.Equal(0u, Accounts.FindGroup("root"));
        Assert.Null(Accounts.FindGroup("no-such-group"));
        Assert.Contains(0u, Accounts.GroupsOf("root", 0));
    }

    private async Task<ProcessStartFailure?> FailureAsync(string program, string mode)
    {
        Permit(program, mode);
        var process = _runner.Start(Make(program, [], new ProcessLimits { Identity = OfNobody }));
        await using (process)
        {
            await ReadAsync(process.StandardOutput);
            var failure = await process.FindStartFailureAsync(Cancellation);
            process.Reap();
            return failure?.Failure;
        }
    }

    private static void Permit(string path, string mode)
    {
        using var chmod = Process.Start("/bin/chmod", [$"u={mode[..3].Replace("-", "", StringComparison.Ordinal)},g={mode[3..6].Replace("-", "", StringComparison.Ordinal)},o={mode[6..].Replace("-", "", StringComparison.Ordinal)}", path]);
        chmod.WaitForExit();
        Assert.Equal(0, chmod.ExitCode);
    }

    private static List<string> ReadIdentityProblems()
    {
        var problems = new List<string>();
        ProcessLimitsReader.Read(new ProcessLimitOptions { User = "nobody" }, problems);
        return problems;
    }

    private Task<string> RunAsync(string program, string[] arguments, ProcessLimits limits) => RunAsync(_runner, Make(program, arguments, limits));

    private static async Task<string> RunAsync(PosixSpawnRunner runner, ProcessStart start)
    {
        var process = runner.Start(start);
        await using (process)
        {
            await process.StandardInput.DisposeAsync();
            var said = await ReadAsync(process.StandardOutput);
            var complaint = await ReadAsync(process.StandardError);
            await process.Exited.WaitAsync(Cancellation);
            Assert.Equal(("", new ProcessExit(0)), (complaint, process.Reap()));
            return said;
        }
    }

    private static ProcessStart Make(string program, string[] arguments, ProcessLimits limits) =>
        new(program, arguments, "/", new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin" }) { Limits = limits };

    private static async Task<string> ReadAsync(Stream stream)
    {
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(Cancellation);
    }

    private static string UmaskOfSelf() =>
        File.ReadLines("/proc/self/status").Single(static line => line.StartsWith("Umask:", StringComparison.Ordinal))[6..].Trim();
}
