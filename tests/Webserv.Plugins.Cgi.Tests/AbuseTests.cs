using System.Globalization;
using Webserv.Abstractions.Configuration;
using Webserv.Plugins.Cgi.Tests.Fixtures;
using Webserv.Testing.Http;

namespace Webserv.Plugins.Cgi.Tests;

/// <summary>Scripts that do what they should not. None may hang, leak or harm another.</summary>
[CollectionDefinition(nameof(AbuseTests), DisableParallelization = true)]
[Collection(nameof(AbuseTests))]
public sealed class AbuseTests
{
    private const int Large = 100 << 20;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task Invoke_100MegabytesBothWays_ArriveWithBoundedMemory()
    {
        await using var site = await ScriptSite.CreateAsync();
        site.Write("up.py", """
            import sys
            sys.stdout.buffer.write(b"Content-Type: text/plain\n\n")
            while True:
                piece = sys.stdin.buffer.read1(65536)
                if not piece:
                    break
                sys.stdout.buffer.write(piece.upper())
            """);
        using var source = new PatternStream(Large);
        long position = 0;
        long most = 0;
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var (context, body) = CheckingResponse.Replace(TestHttpContext.Post("/up.py").WithBody(source, length: Large).WithMaxBodySize(null), (piece, _) =>
        {
            foreach (var b in piece.Span)
            {
                if (b != PatternStream.At(position++) - 32)
                {
                    throw new InvalidDataException($"Wrong byte at {position - 1}.");
                }
            }

            most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: false));
        });
        await site.Middleware.InvokeAsync(context, static (_, _) => throw new InvalidOperationException(), Cancellation);
        Assert.Equal(Large, body.Count);
        Assert.InRange(most - before, 0, 40 << 20);
    }

    [Theory(Timeout = 20_000)]
    [InlineData("echo 'A: b'; echo; echo early; cat > /dev/null", "early\n")] // answers before it reads
    [InlineData("echo 'A: b'; echo; echo never", "never\n")] // never reads
    [InlineData("echo 'A: b'; echo; head -c 10", "aaaaaaaaaa")] // stops reading
    [InlineData("exec <&-; echo 'A: b'; echo; sleep 0.1; echo shut", "shut\n")] // closes its input
    [InlineData("echo 'A: b'; echo; echo x; exec >&-; cat > /dev/null", "x\n")] // closes its output and then reads
    public async Task Invoke_LargeBody_ReadAsTheScriptLikes(string script, string expected)
    {
        await using var site = await ScriptSite.CreateAsync();
        site.Write("a.sh", script);
        var bytes = new byte[10 << 20];
        Array.Fill(bytes, (byte)'a');
        var response = await site.SendAsync(TestHttpContext.Post("/a.sh").WithBody(bytes).WithMaxBodySize(null));
        Assert.Equal((200, expected), (response.StatusCode, response.BodyText));
        await site.AllEndedAsync();
        Assert.DoesNotContain(site.Log, static line => line.Contains("killed", StringComparison.Ordinal));
    }

    [Fact(Timeout = 20_000)]
    public async Task Invoke_ClosesOutputThenReads_GetsTheWholeBody()
    {
        await using var site = await ScriptSite.CreateAsync();
        site.Write("a.sh", "echo 'A: b'; echo; exec >&-; sleep 0.1; wc -c > count");
        await site.SendAsync(TestHttpContext.Post("/a.sh").WithBody(new byte[3 << 20]).WithMaxBodySize(null));
        await site.AllEndedAsync();
        Assert.Equal("3145728", (await File.ReadAllTextAsync(Path.Join(site.Root, "count"), Cancellation)).Trim());
    }

    [Fact(Timeout = 20_000)]
    public async Task Invoke_AnswersWhileClientStillSends_DoesNotWaitForTheClient()
    {
        await using var site = await ScriptSite.CreateAsync();
        site.Write("a.sh", "head -c 3 > /dev/null; echo 'A: b'; echo; echo done");
        using var body = new StallingStream("abc"u8.ToArray());
        var response = await site.SendAsync(TestHttpContext.Post("/a.sh").WithBody(body, length: 1000));
        Assert.Equal("done\n", response.BodyText);
    }

    [Theory(Timeout = 20_000)]
    [InlineData("", "without any output")]
    [InlineData("exit 1", "without any output")]
    [InlineData("echo garbage", "ended before the header block")]
    [InlineData("echo garbage; echo", "not \"Name: value\"")]
    [InlineData("echo 'Content-Type: text/plain'", "ended before the header block")]
    [InlineData("echo 'A: b'; echo 'Status: 99'; echo", "Status is none")]
    [InlineData("printf '\\001\\002\\003\\n\\n'", "\\x01\\x02\\x03")]
    [InlineData("while :; do echo 'A: bbbbbbbbbbbbbbbbbbbbbbbbbbbb'; done", "longer than 4KB")]
    [InlineData("exec tr '\\\\0' a < /dev/zero", "longer than 4KB")]
    public async Task Invoke_NoHeaderBlock_Answers502AndSaysWhy(string script, string reason)
    {
        await using var site = await ScriptSite.CreateAsync(static options => options.MaxHeaderSize = ByteSize.FromKilobytes(4));
        site.Write("a.sh", script);
        var response = await site.SendAsync(TestHttpContext.Get("/a.sh"));
        Assert.Equal(502, response.StatusCode);
        Assert.Contains(site.Log, line => line.Contains(reason, StringComparison.Ordinal));
        await site.AllEndedAsync();
    }

    [Theory(Timeout = 20_000)]
    [InlineData("while :; do :; done")] // endless loop
    [InlineData("sleep 1000")]
    [InlineData("trap '' TERM; while :; do sleep 1000; done")] // ignores SIGTERM
    public async Task Invoke_NoAnswerInTime_Answers504AndEndsTheScript(string script)
    {
        await using var site = await CreateImpatientAsync();
        site.Write("a.sh", "echo $$ > pid; " + script);
        var response = await site.SendAsync(TestHttpContext.Get("/a.sh"));
        Assert.Equal(504, response.StatusCode);
        await site.AllEndedAsync();
        AssertGone(site, "pid");
    }

    [Fact(Timeout = 20_000)]
    public async Task Invoke_SilentInMidAnswer_ThrowsSoThatItDoesNotLookComplete()
    {
        await using var site = await CreateImpatientAsync();
        site.Write("a.sh", "echo $$ > pid; echo 'A: b'; echo; echo part; sleep 1000");
        await Assert.ThrowsAsync<IOException>(() => site.SendAsync(TestHttpContext.Get("/a.sh")));
        await site.AllEndedAsync();
        AssertGone(site, "pid");
    }

    [Fact(Timeout = 20_000)]
    public async Task Invoke_EndlessOutput_EndsWithTheTotalTimeout()
    {
        await using var site = await ScriptSite.CreateAsync(static options => options.TotalTimeout = TimeSpan.FromMilliseconds(300));
        site.Write("a.sh", "echo $$ > pid; echo 'A: b'; echo; exec cat /dev/zero");
        var (context, _) = CheckingResponse.Replace(TestHttpContext.Get("/a.sh"), static (_, _) => { });
        await Assert.ThrowsAsync<IOException>(() => site.Middleware.InvokeAsync(context, static (_, _) => Task.CompletedTask, Cancellation));
        await site.AllEndedAsync();
        AssertGone(site, "pid");
    }

    [Fact(Timeout = 20_000)]
    public async Task Invoke_ClosesOutputAndLingers_AnswersAtOnceAndEndsItLater()
    {
        await using var site = await CreateImpatientAsync();
        site.Write("a.sh", "echo $$ > pid; echo 'A: b'; echo; echo x; exec >&-; sleep 1000");
        Assert.Equal("x\n", await site.GetAsync("/a.sh"));
        await site.AllEndedAsync();
        AssertGone(site, "pid");
        Assert.Contains(site.Log, static line => line.Contains("went on for", StringComparison.Ordinal));
    }

    [Fact(Timeout = 20_000)]
    public async Task Invoke_ChildKeepsOutputOpen_CompletesAndEndsTheChild()
    {
        await using var site = await ScriptSite.CreateAsync(static options => options.KillGrace = TimeSpan.FromMilliseconds(200));
        site.Write("a.sh", "echo 'A: b'; echo; echo x; sleep 1000 & echo $! > child");
        Assert.Equal("x\n", await site.GetAsync("/a.sh"));
        await site.AllEndedAsync();
        AssertGone(site, "child");
    }

    [Fact(Timeout = 20_000)]
    public async Task Invoke_Cancelled_KillsTheWholeGroupEvenWhatIgnoresSigterm()
    {
        await using var site = await ScriptSite.CreateAsync(static options => options.KillGrace = TimeSpan.FromMilliseconds(100));
        site.Write("a.sh", """
            (trap '' TERM; echo 1 > ready1; while :; do sleep 1000; done) & echo $! > stubborn
            sleep 1000 & echo $! > child
            while [ ! -e ready1 ]; do sleep 0.01; done
            echo $$ > pid; echo 'A: b'; echo; echo begun; wait
            """);
        using var client = new CancellationTokenSource();
        var (context, _) = CheckingResponse.Replace(TestHttpContext.Get("/a.sh"), (_, _) => client.Cancel());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => site.Middleware.InvokeAsync(context, static (_, _) => Task.CompletedTask, client.Token));
        await site.AllEndedAsync();
        AssertGone(site, "pid");
        AssertGone(site, "child");
        AssertGone(site, "stubborn");
    }

    [Fact(Timeout = 20_000)]
    public async Task Dispose_ScriptLingers_EndsIt()
    {
        var site = await ScriptSite.CreateAsync();
        site.Write("a.sh", "echo $$ > pid; echo 'A: b'; echo; echo x; exec >&-; sleep 1000");
        await site.GetAsync("/a.sh");
        var pid = ReadPid(site, "pid");
        await site.DisposeAsync();
        Assert.Equal(-1, NativeTest.Kill(pid, 0));
    }

    [Fact(Timeout = 20_000)]
    public async Task Invoke_KilledBySignalBehindItsAnswer_IsLoggedWithTheSignal()
    {
        await using var site = await ScriptSite.CreateAsync();
        site.Write("a.sh", "echo 'Content-Length: 3'; echo; printf abc; kill -SEGV $$");
        Assert.Equal("abc", await site.GetAsync("/a.sh"));
        await site.AllEndedAsync();
        Assert.Contains(site.Log, static line => line.EndsWith("was killed by signal 11 (SIGSEGV)", StringComparison.Ordinal));
    }

    [Theory(Timeout = 20_000)]
    [InlineData("kill -SEGV $$", "signal 11 (SIGSEGV)")]
    [InlineData("kill -KILL $$", "signal 9 (SIGKILL)")]
    [InlineData("exit 3", null)]
    [InlineData("exec >&-; sleep 1000", null)] // closes its output, and has said all
    public async Task Invoke_KilledBySignalInMidAnswer_ThrowsSoThatItDoesNotLookComplete(string end, string? signal)
    {
        await using var site = await CreateImpatientAsync();
        site.Write("a.sh", $"echo 'A: b'; echo; echo part; while [ ! -e go ]; do sleep 0.01; done; {end}");
        var (context, _) = CheckingResponse.Replace(TestHttpContext.Get("/a.sh"), (_, _) => File.WriteAllText(Path.Join(site.Root, "go"), ""));
        var answer = site.Middleware.InvokeAsync(context, static (_, _) => Task.CompletedTask, Cancellation);
        if (signal is null)
        {
            await answer;
            return;
        }

        await Assert.ThrowsAsync<IOException>(() => answer);
        Assert.Contains(site.Log, line => line.EndsWith("bad answer: its answer broke off: it was killed by " + signal, StringComparison.Ordinal));
    }

    [Fact(Timeout = 20_000)]
    public async Task Invoke_KilledBySignalWithoutAnswer_Is502AndSaysSo()
    {
        await using var site = await ScriptSite.CreateAsync();
        site.Write("a.sh", "kill -ABRT $$");
        Assert.Equal(502, (await site.SendAsync(TestHttpContext.Get("/a.sh"))).StatusCode);
        Assert.Contains(site.Log, static line => line.EndsWith("without any output: it was killed by signal 6 (SIGABRT)", StringComparison.Ordinal));
    }

    [Fact(Timeout = 20_000)]
    public async Task Invoke_MuchOnStandardError_NeitherBlocksNorFloodsTheLog()
    {
        await using var site = await ScriptSite.CreateAsync();
        site.Write("a.sh", "yes 'an error message of some length' | head -c 10485760 >&2; tr '\\0' x < /dev/zero | head -c 1000000 >&2; echo 'A: b'; echo; echo ok");
        Assert.Equal("ok\n", await site.GetAsync("/a.sh"));
        await site.AllEndedAsync();
        Assert.InRange(site.Log.Count, 50, 1000);
        Assert.All(site.Log, static line => Assert.True(line.Length < 4096));
        Assert.Contains(site.Log, static line => line.Contains("came too fast", StringComparison.Ordinal));
    }

    [Fact(Timeout = 20_000)]
    public async Task Invoke_ServerSentEvents_ArriveAsTheyAreWritten()
    {
        await using var site = await ScriptSite.CreateAsync();
        site.Write("a.sh", "echo 'Content-Type: text/event-stream'; echo; echo one; while [ ! -e go ]; do sleep 0.01; done; echo two");
        var pieces = new List<string>();
        var (context, _) = CheckingResponse.Replace(TestHttpContext.Get("/a.sh"), (piece, _) =>
        {
            pieces.Add(System.Text.Encoding.UTF8.GetString(piece.Span));
            File.WriteAllText(Path.Join(site.Root, "go"), ""); // only what arrived lets the script go on
        });
        await site.Middleware.InvokeAsync(context, static (_, _) => Task.CompletedTask, Cancellation);
        Assert.Equal(["one\n", "two\n"], pieces);
    }

    [Fact(Timeout = 60_000)]
    public async Task Invoke_64AtOnceOfEverything_LeavesNothingBehind()
    {
        await using var site = await CreateImpatientAsync();
        site.Write("ok.sh", "echo 'A: b'; echo; cat");
        site.Write("hang.sh", "sleep 1000");
        site.Write("bad.sh", "echo bad");
        await site.GetAsync("/ok.sh"); // what is made once is made
        await site.AllEndedAsync();
        var before = Directory.GetFiles("/proc/self/fd").Length;
        var requests = Enumerable.Range(0, 64).Select(async i =>
        {
            var (path, status) = (i % 4) switch { 0 => ("/hang.sh", 504), 1 => ("/bad.sh", 502), _ => ("/ok.sh", 200) };
            using var body = new MemoryStream(new byte[100_000]);
            var response = await site.SendAsync(TestHttpContext.Post(path).WithBody(body));
            Assert.Equal(status, response.StatusCode);
            if (status == 200)
            {
                Assert.Equal(100_000, response.BodyBytes.Length);
            }
        });
        await Task.WhenAll(requests);
        await site.AllEndedAsync();
        Assert.Equal(before, Directory.GetFiles("/proc/self/fd").Length);
        Assert.Empty(ChildrenOf(Environment.ProcessId));
    }

    private static Task<ScriptSite> CreateImpatientAsync() => ScriptSite.CreateAsync(static options =>
    {
        options.Timeout = TimeSpan.FromMilliseconds(1500);
        options.KillGrace = TimeSpan.FromMilliseconds(200);
    });

    private static int ReadPid(ScriptSite site, string file) =>
        int.Parse(File.ReadAllText(Path.Join(site.Root, file)), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture);

    // An orphan is a zombie until init takes it; it runs no more.
    private static void AssertGone(ScriptSite site, string file)
    {
        var status = $"/proc/{ReadPid(site, file)}/stat";
        Assert.True(!File.Exists(status) || File.ReadAllText(status).Contains(") Z ", StringComparison.Ordinal), $"{file} still runs");
    }

    private static IEnumerable<string> ChildrenOf(int pid) =>
        Directory.GetDirectories($"/proc/{pid}/task")
            .Select(static task => Path.Join(task, "children"))
            .Where(File.Exists)
            .SelectMany(static file => File.ReadAllText(file).Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
