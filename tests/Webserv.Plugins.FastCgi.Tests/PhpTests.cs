using System.Diagnostics;
using System.Globalization;
using Webserv.Plugins.Cgi.Tests.Fixtures;
using Webserv.Plugins.FastCgi.Tests.Fixtures;
using Webserv.Testing.Http;

namespace Webserv.Plugins.FastCgi.Tests;

/// <summary>Real PHP, started and supervised.</summary>
public sealed class PhpTests
{
    private const string PidScript = "<?php usleep((int)($_GET['us'] ?? 0)); echo getmypid();";

    public static TheoryData<string> Programs => new(PhpCgi, PhpFpm);

    private static string PhpCgi => Tool("/usr/bin/php-cgi", "php-cgi");

    private static string PhpFpm => Directory.GetFiles("/usr/sbin", "php-fpm*").Order(StringComparer.Ordinal).FirstOrDefault() ?? Tool("/usr/sbin/php-fpm", "php-fpm");

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Programs))]
    public async Task Site_ScriptsAndPaths_AreAnsweredAsTheyShould(string program)
    {
        await using var site = await GatewaySite.PhpAsync(program, static options =>
        {
            options.Workers = 2;
            options.FrontController = "/index.php";
            options.Environment["EXTRA"] = "from the configuration";
            options.Settings["memory_limit"] = "77M";
        });
        site.Write("index.php", "<?php header('X-Front: yes'); echo 'front ', $_SERVER['REQUEST_URI'], ' ', $_SERVER['PATH_INFO'] ?? 'none';");
        site.Write("d/index.php", "<?php echo 'd ', getcwd();");
        site.Write("a.php", "<?php echo json_encode([$_SERVER['SCRIPT_NAME'], $_SERVER['PATH_INFO'] ?? null, $_SERVER['PHP_SELF'], $_GET, $_POST, getenv('EXTRA'), ini_get('memory_limit'), getenv('LANG')]);");
        site.Write("style.css", "");
        site.Write("evil.jpg", "<?php echo 'evil';");
        site.Write("error.php", "<?php error_log('it went wrong'); http_response_code(418); header('Set-Cookie: a=b'); header('Set-Cookie: c=d', false);");

        Assert.Equal("front /wp/some%20page?x=1 none", await site.GetTextAsync("/wp/some%20page?x=1"));
        Assert.Equal("front / none", await site.GetTextAsync("/"));
        Assert.Equal($"d {site.Root}/d", await site.GetTextAsync("/d/"));
        var form = TestHttpContext.Post("/a.php/in%C3%BCfo/x?q=1").WithBody("f=2", "application/x-www-form-urlencoded");
        Assert.Equal(
            """["\/a.php","\/in\u00fcfo\/x","\/a.php\/in\u00fcfo\/x",{"q":"1"},{"f":"2"},"from the configuration","77M",false]""",
            (await site.SendAsync(form)).BodyText);
        var error = await site.GetAsync("/error.php");
        Assert.Equal((418, 2), (error.StatusCode, error.Headers["Set-Cookie"].Count));
        await UntilAsync(() => site.Log.Any(static line => line.Contains("it went wrong", StringComparison.Ordinal)));

        // A picture is never run, whatever the path pretends.
        Assert.StartsWith("front ", await site.GetTextAsync("/evil.jpg/x.php"), StringComparison.Ordinal);
        var file = TestHttpContext.Get("/style.css");
        await site.SendAsync(file);
        Assert.True(file.NextWasCalled);
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Programs))]
    public async Task Dispose_AfterRequests_LeavesNothing(string program)
    {
        var before = Directory.GetDirectories(Path.GetTempPath(), "webserv-*").ToHashSet();
        int[] processes;
        string directory;
        await using (var site = await GatewaySite.PhpAsync(program, static options => options.Workers = 2))
        {
            site.Write("a.php", PidScript + " exec('sleep 300 > /dev/null 2>&1 & echo $!', $out); echo ' ', $out[0];");
            var pids = (await site.GetTextAsync("/a.php")).Split(' ').Select(static pid => int.Parse(pid, CultureInfo.InvariantCulture));
            processes = [.. pids, .. site.Service.Workers];
            Assert.All(processes, static pid => Assert.True(IsAlive(pid)));
            directory = Path.GetDirectoryName(SocketOf(site))!;
            Assert.DoesNotContain(directory, before);
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, new DirectoryInfo(directory).UnixFileMode);
        }

        Assert.All(processes, static pid => Assert.False(IsAlive(pid)));
        Assert.False(Directory.Exists(directory));
    }

    [Fact(Timeout = 60_000)]
    public async Task Worker_Descriptors_AreItsOwnSocketAndPipes()
    {
        await using var inherited = File.OpenRead("/etc/hostname");
        Assert.True(NativeTest.Control((int)inherited.SafeFileHandle.DangerousGetHandle(), 2, 0) >= 0); // Without close-on-exec.
        await using var site = await GatewaySite.PhpAsync(PhpCgi, static options => options.Workers = 1);
        site.Write("a.php", "<?php foreach (scandir('/proc/self/fd') as $f) { $l = @readlink(\"/proc/self/fd/$f\"); if ($l) echo $f, ' ', explode(':', $l)[0], \"\\n\"; }");
        var lines = (await site.GetTextAsync("/a.php")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains("0 socket", lines);
        Assert.DoesNotContain(lines, static line => line.Contains("hostname", StringComparison.Ordinal));
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Programs))]
    public async Task MaxRequests_UnderLoad_RecyclesWithoutALostRequest(string program)
    {
        await using var site = await GatewaySite.PhpAsync(program, static options => (options.Workers, options.MaxRequests) = (2, 20));
        site.Write("a.php", "<?php echo getmypid(), ' ', file_get_contents('php://input');");
        var seen = new HashSet<string>();
        var processes = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, 4), TestContext.Current.CancellationToken, async (client, _) =>
        {
            for (var i = 0; Volatile.Read(ref processes) < 6; i++)
            {
                var response = await site.SendAsync(TestHttpContext.Post("/a.php").WithBody($"{client}-{i}"));
                Assert.True(response.StatusCode == 200, $"{response.StatusCode}\n{string.Join('\n', site.Log)}");
                var words = response.BodyText.Split(' ');
                Assert.Equal($"{client}-{i}", words[1]);
                lock (seen)
                {
                    seen.Add(words[0]);
                    processes = seen.Count;
                }
            }
        });
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Programs))]
    public async Task Kill_WorkersUnderLoad_ServiceGoesOn(string program)
    {
        await using var site = await GatewaySite.PhpAsync(program, static options => options.Workers = 2);
        site.Write("a.php", PidScript);
        using var stop = new CancellationTokenSource();
        var statuses = new int[600];
        async Task LoadAsync()
        {
            while (!stop.IsCancellationRequested)
            {
                Interlocked.Increment(ref statuses[(await site.GetAsync("/a.php?us=2000")).StatusCode]);
            }
        }

        Task[] load = [LoadAsync(), LoadAsync(), LoadAsync(), LoadAsync()];
        for (var kills = 0; kills < 4; kills++)
        {
            var ok = Volatile.Read(ref statuses[200]);
            await UntilAsync(() => Volatile.Read(ref statuses[200]) > ok + 10);
            var pid = (await site.GetAsync("/a.php")).BodyText;
            if (int.TryParse(pid, CultureInfo.InvariantCulture, out var id))
            {
                Assert.Equal(0, NativeTest.Kill(id, 9));
            }
        }

        var before = Volatile.Read(ref statuses[200]);
        await UntilAsync(() => Volatile.Read(ref statuses[200]) > before + 10);
        await stop.CancelAsync();
        await Task.WhenAll(load);
        Assert.True(statuses.Sum() == statuses[200] + statuses[502], string.Join('\n', site.Log));
        Assert.True(statuses[502] <= 4, $"{statuses[502]} answers of 502 after 4 kills");
    }

    [Fact(Timeout = 60_000)]
    public async Task Timeout_ScriptThatHangs_Is504AndTheWorkerIsReplaced()
    {
        await using var site = await GatewaySite.PhpAsync(PhpCgi, static options =>
            (options.Workers, options.Timeout, options.KillGrace) = (1, TimeSpan.FromMilliseconds(400), TimeSpan.FromMilliseconds(200)));
        site.Write("a.php", PidScript);
        site.Write("hang.php", "<?php while (true) { usleep(1000); }");
        var first = await site.GetTextAsync("/a.php");
        Assert.Equal(504, (await site.GetAsync("/hang.php")).StatusCode);
        Assert.NotEqual(first, await site.GetTextAsync("/a.php"));
        Assert.Contains(site.Log, static line => line.Contains("hangs and is replaced", StringComparison.Ordinal));
    }

    [Fact(Timeout = 60_000)]
    public async Task ClientLeaves_ScriptThatWrites_IsAbortedAndTheWorkerKept()
    {
        await using var site = await GatewaySite.PhpAsync(PhpCgi, static options => (options.Workers, options.KillGrace) = (1, TimeSpan.Zero));
        site.Write("a.php", PidScript);
        site.Write("endless.php", "<?php while (true) { echo str_repeat('x', 10000); flush(); usleep(1000); }");
        var first = await site.GetTextAsync("/a.php");
        using var client = new CancellationTokenSource();
        var context = TestHttpContext.Get("/endless.php");
        context.Response.OnStarting(() => client.CancelAsync());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => site.SendForAsync(context, client.Token));
        Assert.Equal(first, await site.GetTextAsync("/a.php"));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Fpm_OwnStandardError_IsLoggedWhereItIsCaught(bool isCaught)
    {
        await using var site = await GatewaySite.PhpAsync(PhpFpm, options => (options.Workers, options.CatchOutput) = (1, isCaught));
        site.Write("a.php", "<?php fwrite(fopen('php://stderr', 'w'), \"on its own\\n\"); error_log('with the request');");
        await site.GetTextAsync("/a.php");
        await UntilAsync(() => site.Log.Any(static line => line.Contains("with the request", StringComparison.Ordinal)));
        if (isCaught)
        {
            await UntilAsync(() => site.Log.Any(static line => line.Contains("on its own", StringComparison.Ordinal)));
        }

        Assert.Equal(isCaught, site.Log.Any(static line => line.Contains("on its own", StringComparison.Ordinal)));
    }

    [Fact(Timeout = 60_000)]
    public async Task Start_ProgramThatFails_Is503AndLogged()
    {
        var directory = Directory.CreateTempSubdirectory("broken-php-");
        var program = Path.Join(directory.FullName, "php-cgi-broken");
        await File.WriteAllTextAsync(program, "#!/bin/sh\necho 'no such extension' >&2\nexit 3\n", TestContext.Current.CancellationToken);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        await using var site = await GatewaySite.PhpAsync(program, static options => (options.Workers, options.QueueTimeout) = (2, TimeSpan.FromMilliseconds(100)));
        site.Write("a.php", "");
        await UntilAsync(() => site.Log.Any(static line => line.Contains("it ended before it accepted a request", StringComparison.Ordinal)));
        await UntilAsync(async () => (await site.GetAsync("/a.php")).StatusCode == 503);
        Assert.Contains(site.Log, static line => line.Contains("does not start", StringComparison.Ordinal));
        Assert.Contains(site.Log, static line => line.Contains("stderr: no such extension", StringComparison.Ordinal));
        directory.Delete(recursive: true);
    }

    [Fact(Timeout = 60_000)]
    public async Task Start_NoProgram_Is503AndNamesThePackage()
    {
        await using var site = await GatewaySite.PhpAsync("php-cgi-that-is-not-there");
        site.Write("a.php", "");
        Assert.Contains(site.Log, static line => line.Contains("apt-get install php-fpm", StringComparison.Ordinal));
        await UntilAsync(async () => (await site.GetAsync("/a.php")) is { StatusCode: 503 } response && response.Headers.Contains("Retry-After"));
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Programs))]
    public async Task Upload_TwentyMegabytes_ArrivesAndComesBack(string program)
    {
        const int Size = 20 << 20;
        await using var site = await GatewaySite.PhpAsync(program, static options => (options.Workers, options.Settings["post_max_size"]) = (1, "100M"));
        site.Write("echo.php", "<?php header('Content-Type: application/octet-stream'); fpassthru(fopen('php://input', 'r'));");
        await using var body = new PatternStream(Size);
        var bytes = (await site.SendAsync(TestHttpContext.Post("/echo.php").WithBody(body, length: Size).WithMaxBodySize(null))).BodyBytes;
        Assert.Equal(Size, bytes.Length);
        Assert.Equal(PatternStream.At(Size - 1), bytes[^1]);
    }

    [Fact(Timeout = 60_000)]
    public async Task External_SharedFpm_ServesMoreClientsThanItHasProcesses()
    {
        var directory = Directory.CreateTempSubdirectory("fpm-test-").FullName;
        var socket = Path.Join(directory, "fpm.sock");
        var configuration = Path.Join(directory, "fpm.conf");
        var user = Environment.IsPrivilegedProcess ? "user = root\ngroup = root\n" : "";
        await File.WriteAllTextAsync(
            configuration,
            $"[global]\nerror_log = {directory}/log\ndaemonize = no\n[www]\nlisten = {socket}\npm = static\npm.max_children = 2\npm.max_requests = 7\n{user}",
            TestContext.Current.CancellationToken);
        var start = new ProcessStartInfo(PhpFpm, ["--nodaemonize", "-R", "--fpm-config", configuration]) { RedirectStandardError = true };
        using var fpm = Process.Start(start)!;
        try
        {
            await using var one = await GatewaySite.PhpAsync("", options => (options.Program, options.Address) = (null, "unix:" + socket));
            await using var two = await GatewaySite.FastCgiAsync(options => (options.Address, options.Extensions) = ("unix:" + socket, [".php"]));
            one.Write("a.php", PidScript);
            two.Write("a.php", PidScript);
            await UntilAsync(async () => (await one.GetAsync("/a.php")).StatusCode == 200);
            var requests = Enumerable.Range(0, 40).Select(i => (i % 2 == 0 ? one : two).GetTextAsync("/a.php?us=5000"));
            Assert.All(await Task.WhenAll(requests), static pid => Assert.NotEmpty(pid));
        }
        finally
        {
            fpm.Kill(entireProcessTree: true);
            await fpm.WaitForExitAsync(TestContext.Current.CancellationToken);
            Directory.Delete(directory, recursive: true);
        }
    }

    private static string SocketOf(GatewaySite site) => site.Service.Pool.Addresses[0]["unix:".Length..];

    private static bool IsAlive(int pid) =>
        File.Exists($"/proc/{pid}/stat") && !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal);

    private static string Tool(string path, string package)
    {
        Assert.True(File.Exists(path), $"{path} is missing: apt-get install -y {package}");
        return path;
    }

    private static Task UntilAsync(Func<bool> condition) => UntilAsync(() => Task.FromResult(condition()));

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        while (!await condition())
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }
}
