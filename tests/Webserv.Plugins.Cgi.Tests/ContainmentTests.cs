using System.Globalization;
using Webserv.Abstractions.Configuration;
using Webserv.Gateway.Processes.Linux;
using Webserv.Plugins.Cgi.Tests.Fixtures;
using Webserv.Testing.Http;

namespace Webserv.Plugins.Cgi.Tests;

/// <summary>What a script and all that it starts can be held to.</summary>
public sealed class ContainmentTests
{
    private const string Daemon = """
        import os, sys, time
        sys.stdout.flush()
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                null = os.open('/dev/null', os.O_RDWR)
                for fd in (0, 1, 2):
                    os.dup2(null, fd)
                %s
                with open('daemon.new', 'w') as file:
                    file.write(str(os.getpid()))
                os.rename('daemon.new', 'daemon')
                time.sleep(1000)
            os._exit(0)
        os.wait()
        while not os.path.exists('daemon'):
            time.sleep(0.01)
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory(Timeout = 30_000)]
    [InlineData("pass")]
    [InlineData("import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)")]
    public async Task Daemon_OfAScriptThatEnds_EndsSoonAfter(string prepare)
    {
        await using var site = await CreateAsync();
        site.Write("a.py", "print('A: b\\n')\n" + Script(prepare));
        Assert.Equal("", await site.GetAsync("/a.py"));
        await GoneAsync(Pid(site, "daemon"));
        await SpinAsync(() => site.Log.Any(static line => line.Contains("1 processes that it left behind", StringComparison.Ordinal)));
    }

    [Fact(Timeout = 30_000)]
    public async Task Daemon_OfAScriptThatTimesOut_EndsWithIt()
    {
        await using var site = await CreateAsync(static options => options.Timeout = TimeSpan.FromMilliseconds(1500));
        site.Write("a.py", Script("pass") + "\ntime.sleep(1000)\n");
        Assert.Equal(504, (await site.SendAsync(TestHttpContext.Get("/a.py"))).StatusCode);
        await site.AllEndedAsync();
        Assert.True(IsGone(Pid(site, "daemon")));
    }

    [Fact(Timeout = 30_000)]
    public async Task SessionWithoutEnvironment_OfAScriptThatTimesOut_EndsWithIt()
    {
        await using var site = await CreateAsync(static options => options.Timeout = TimeSpan.FromMilliseconds(1500));
        site.Write("a.sh", "setsid env -i /bin/sh -c 'echo $$ > daemon.new; mv daemon.new daemon; sleep 1000 </dev/null >/dev/null 2>&1' & wait");
        Assert.Equal(504, (await site.SendAsync(TestHttpContext.Get("/a.sh"))).StatusCode);
        await site.AllEndedAsync();
        Assert.True(IsGone(Pid(site, "daemon")));
    }

    [Fact(Timeout = 30_000)]
    public async Task Dispose_DaemonIsLeft_EndsIt()
    {
        var site = await CreateAsync();
        site.Write("a.py", "print('A: b\\n')\n" + Script("pass"));
        await site.GetAsync("/a.py");
        var pid = Pid(site, "daemon");
        await site.DisposeAsync();
        Assert.True(IsGone(pid));
    }

    [Fact(Timeout = 30_000)]
    public async Task Daemon_WithKillDescendantsOff_LivesOn()
    {
        var site = await CreateAsync(static options => options.KillDescendants = false);
        site.Write("a.py", "print('A: b\\n')\n" + Script("pass"));
        await site.GetAsync("/a.py");
        site.Write("b.sh", "echo 'A: b'; echo; echo \"${WEBSERV_SCRIPT_ID-none}\"");
        Assert.Equal("none\n", await site.GetAsync("/b.sh"));
        var pid = Pid(site, "daemon");
        await site.DisposeAsync();
        Assert.False(IsGone(pid));
        _ = NativeTest.Kill(pid, 9);
    }

    [Fact(Timeout = 30_000)]
    public async Task Descendants_OfOtherScripts_AreLeftAlone()
    {
        await using var site = await CreateAsync();
        site.Write("long.sh", "echo $$ > pid; setsid sleep 1000 & echo $! > own; while [ ! -e go ]; do sleep 0.01; done; echo 'A: b'; echo; kill -0 $(cat own) && echo alive; kill $(cat own)");
        var other = site.GetAsync("/long.sh");
        site.Write("a.py", "print('A: b\\n')\n" + Script("pass"));
        await site.GetAsync("/a.py");
        await GoneAsync(Pid(site, "daemon"));
        site.Write("go", "");
        Assert.Equal("alive\n", await other);
    }

    [Fact(Timeout = 30_000)]
    public async Task FirstByteTimeout_NoByte_Answers504()
    {
        await using var site = await CreateAsync(static options => options.FirstByteTimeout = TimeSpan.FromMilliseconds(300));
        site.Write("a.sh", "sleep 1000");
        Assert.Equal(504, (await site.SendAsync(TestHttpContext.Get("/a.sh"))).StatusCode);
        Assert.Contains(site.Log, static line => line.Contains("killed, FirstByte longer than 00:00:00.3", StringComparison.Ordinal));
    }

    [Theory(Timeout = 30_000)]
    [InlineData(300, 20_000)] // The first byte is in time, and then there is more of it.
    [InlineData(20_000, 300)] // The other way round: it may take long to the first byte only.
    public async Task FirstByteTimeout_IsOverWithTheFirstByte(int first, int silence)
    {
        await using var site = await CreateAsync(options =>
        {
            options.FirstByteTimeout = TimeSpan.FromMilliseconds(first);
            options.Timeout = TimeSpan.FromMilliseconds(silence);
        });
        site.Write("slow.sh", "sleep 0.9; echo 'A: b'; echo; echo x");
        site.Write("stalls.sh", "echo 'A: b'; sleep 0.9; echo; echo x");
        Assert.Equal(first < silence ? 504 : 200, (await site.SendAsync(TestHttpContext.Get("/slow.sh"))).StatusCode);
        if (first > silence)
        {
            Assert.Equal(504, (await site.SendAsync(TestHttpContext.Get("/stalls.sh"))).StatusCode);
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task MaxOutputSize_MoreAtOnce_Answers502()
    {
        await using var site = await CreateAsync(static options => options.MaxOutputSize = 100);
        site.Write("a.sh", "printf 'A: b\\n\\n'; head -c \"$QUERY_STRING\" /dev/zero");
        Assert.Equal(100, (await site.SendAsync(TestHttpContext.Get("/a.sh?100"))).BodyBytes.Length);
        site.Write("b.sh", "exec python3 -c \"print('A: b\\\\n\\\\n' + 'x' * 200)\"");
        Assert.Equal(502, (await site.SendAsync(TestHttpContext.Get("/b.sh"))).StatusCode);
        Assert.Contains(site.Log, static line => line.EndsWith($"its answer is longer than {(ByteSize)100}", StringComparison.Ordinal));
    }

    [Fact(Timeout = 30_000)]
    public async Task MaxOutputSize_MoreLater_CutsTheAnswerAndEndsTheScript()
    {
        await using var site = await CreateAsync(static options => options.MaxOutputSize = ByteSize.FromMegabytes(1));
        site.Write("a.sh", "echo $$ > pid; echo 'A: b'; echo; exec cat /dev/zero");
        var (context, body) = CheckingResponse.Replace(TestHttpContext.Get("/a.sh"), static (_, _) => { });
        await Assert.ThrowsAsync<IOException>(() => site.Middleware.InvokeAsync(context, static (_, _) => Task.CompletedTask, Cancellation));
        await site.AllEndedAsync();
        Assert.InRange(body.Count, 1, 1 << 20);
        Assert.True(IsGone(Pid(site, "pid")));
    }

    [Fact(Timeout = 30_000)]
    public async Task PrivateTemp_EachScript_HasItsOwnWhichIsGoneAfterwards()
    {
        await using var site = await CreateAsync(static options => options.PrivateTemp = true);
        site.Write("a.sh", "echo 'A: b'; echo; echo \"$TMPDIR\"; ls -A \"$TMPDIR\"; stat -c %a \"$TMPDIR\"; mktemp -d > /dev/null; mkdir -p \"$TMPDIR/a/b\"; touch \"$TMPDIR/a/b/c\"");
        var (first, second) = ((await site.GetAsync("/a.sh")).Split('\n'), (await site.GetAsync("/a.sh")).Split('\n'));
        await site.AllEndedAsync();
        Assert.NotEqual(first[0], second[0]);
        Assert.Equal("700", second[1]);
        Assert.False(Directory.Exists(first[0]) || Directory.Exists(second[0]));
    }

    [Fact(Timeout = 30_000)]
    public async Task PrivateTemp_OfAScriptThatIsKilledOrNotStarted_IsGoneToo()
    {
        await using var site = await CreateAsync(static options =>
        {
            options.PrivateTemp = true;
            options.Timeout = TimeSpan.FromMilliseconds(1500);
        });
        site.Write("a.sh", "echo \"$TMPDIR\" > directory; touch \"$TMPDIR/x\"; sleep 1000");
        Assert.Equal(504, (await site.SendAsync(TestHttpContext.Get("/a.sh"))).StatusCode);
        await site.AllEndedAsync();
        var directory = (await File.ReadAllTextAsync(Path.Join(site.Root, "directory"), Cancellation)).Trim();
        Assert.False(Directory.Exists(directory));
        site.Write("b.cgi", "not executable");
        Assert.Equal(403, (await site.SendAsync(TestHttpContext.Get("/b.cgi"))).StatusCode);
        Assert.DoesNotContain(site.Log, static line => line.Contains("cannot be removed", StringComparison.Ordinal));
    }

    [Fact(Timeout = 30_000)]
    public async Task Limits_CpuTime_EndsAnEndlessLoopAndNamesTheSignal()
    {
        await using var site = await CreateAsync(static options => options.Limits.CpuTime = TimeSpan.FromSeconds(1));
        site.Write("a.sh", "while :; do :; done");
        Assert.Equal(502, (await site.SendAsync(TestHttpContext.Get("/a.sh"))).StatusCode);
        await site.AllEndedAsync();
        Assert.Contains(site.Log, static line => line.Contains("was killed by signal 24 (SIGXCPU)", StringComparison.Ordinal));
    }

    [Fact(Timeout = 30_000)]
    public async Task Limits_MemoryAndFileSize_AreTheScriptsProblem()
    {
        await using var site = await CreateAsync(static options =>
        {
            options.Limits.Memory = ByteSize.FromMegabytes(256);
            options.Limits.FileSize = 1000;
        });
        site.Write("a.py", "print('A: b\\n')\ntry:\n    x = bytearray(300 << 20)\nexcept MemoryError:\n    print('no memory')\n");
        site.Write("b.py", "print('A: b\\n')\ntry:\n    open('big', 'wb', 0).write(b'x' * 1000), open('big', 'ab', 0).write(b'x')\nexcept OSError as error:\n    print(error.errno)\n");
        Assert.Equal("no memory\n", await site.GetAsync("/a.py"));
        Assert.Equal("27\n", await site.GetAsync("/b.py")); // EFBIG: Python ignores SIGXFSZ
    }

    [Fact(Timeout = 30_000)]
    public async Task Limits_UserThatMayNotRunTheScript_Is403AndNoBadGateway()
    {
        if (!Accounts.IsRoot)
        {
            var failure = await Assert.ThrowsAnyAsync<Exception>(() => CreateAsync(static options => options.Limits.User = "65534"));
            Assert.Contains("User: the server must run as root", failure.ToString(), StringComparison.Ordinal);
            return;
        }

        await using var site = await CreateAsync(static options =>
        {
            options.Limits.User = "65534";
            options.Limits.Group = "65534";
            options.Limits.Umask = "077";
            options.PrivateTemp = true;
        });
        ScriptSite.Permit(site.Root);
        var script = site.Write("a.cgi", "#!/bin/sh\necho 'A: b'; echo; id -u; umask; touch \"$TMPDIR/x\" && stat -c %a \"$TMPDIR/x\"\n", executable: true);
        Assert.Equal(403, (await site.SendAsync(TestHttpContext.Get("/a.cgi"))).StatusCode); // rwx------
        ScriptSite.Permit(script);
        Assert.Equal("65534\n0077\n600\n", await site.GetAsync("/a.cgi"));
        site.Write("b.cgi", "#!/no/such/interpreter\n", executable: true);
        ScriptSite.Permit(Path.Join(site.Root, "b.cgi"));
        Assert.Equal(500, (await site.SendAsync(TestHttpContext.Get("/b.cgi"))).StatusCode);
        await site.AllEndedAsync();
    }

    [Fact(Timeout = 30_000)]
    public async Task Limits_ThatCannotBe_AreAnErrorOfTheConfiguration()
    {
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => CreateAsync(static options =>
        {
            options.Limits.User = "no-such-user";
            options.Limits.Group = "no-such-group";
        }));
        Assert.Contains("Limits:User: there is no user 'no-such-user'", failure.ToString(), StringComparison.Ordinal);
    }

    private static string Script(string prepare) => Daemon.Replace("%s", prepare, StringComparison.Ordinal);

    private static Task<ScriptSite> CreateAsync(Action<CgiOptions>? configure = null) => ScriptSite.CreateAsync(options =>
    {
        options.KillGrace = TimeSpan.FromMilliseconds(300);
        configure?.Invoke(options);
    });

    private static int Pid(ScriptSite site, string file) =>
        int.Parse(File.ReadAllText(Path.Join(site.Root, file)).Trim(), CultureInfo.InvariantCulture);

    // An orphan is a zombie until init takes it; it runs no more.
    private static bool IsGone(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static Task GoneAsync(int pid) => SpinAsync(() => IsGone(pid));

    private static async Task SpinAsync(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Delay(10, Cancellation);
        }
    }
}
