using System.Globalization;
using Webserv.Abstractions.Configuration;
using Webserv.Gateway.Processes;
using Webserv.Gateway.Processes.Linux;
using Webserv.Plugins.Cgi.Python;
using Webserv.Plugins.Cgi.Tests.Fixtures;
using Webserv.Testing.Http;
using Pipe = System.IO.Pipelines.Pipe;

namespace Webserv.Plugins.Cgi.Tests;

/// <summary>Python scripts that a warm interpreter runs, and what becomes of them when it cannot.</summary>
public sealed class WarmPythonTests
{
    private const string Head = "import os, sys\nprint('Content-Type: text/plain\\n', flush=True)\n";
    private const int Kill = 9;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task Invoke_WarmScript_IsForkedAndKeepsNothing()
    {
        await using var site = await WarmSiteAsync();
        site.Write("a.py", Head + """
            import json
            print(os.getppid(), os.getpgrp() == os.getsid(0) == os.getpid(), hasattr(json, "mark"), "MARK" in os.environ, os.getcwd() == sys.path[0])
            json.mark = os.environ["MARK"] = "1"
            os.chdir("/")
            os.umask(0)
            """);
        var expected = $"{Interpreter(site).Id} True False False True\n";
        Assert.Equal(expected, await site.GetAsync("/a.py"));
        Assert.Equal(expected, await site.GetAsync("/a.py"));
        await site.AllEndedAsync();
        Assert.Equal(0, site.Middleware.Running);
    }

    [Fact(Timeout = 60_000)]
    public async Task Invoke_ManyAtOnce_GetTheirOwnAnswersAndNoDescriptorOfAnother()
    {
        await using var site = await WarmSiteAsync();
        site.Write("a.py", Head + "print(os.environ['QUERY_STRING'], sys.stdin.read(), len(os.listdir('/proc/self/fd')))");
        var answers = await Task.WhenAll(Enumerable.Range(0, 24).Select(async i =>
            (await site.SendAsync(TestHttpContext.Post($"/a.py?n={i}").WithBody($"body {i}"))).BodyText));
        Assert.Equal(Enumerable.Range(0, 24).Select(static i => $"n={i} body {i} 4\n"), answers);
        await site.AllEndedAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task Invoke_Preload_IsImportedAlready()
    {
        await using var site = await WarmSiteAsync(static options => options.Python.Preload = ["json", "urllib.parse"]);
        site.Write("a.py", Head + "print('json' in sys.modules, 'urllib.parse' in sys.modules, '_socket' in sys.modules, 'gc' in sys.modules)");
        Assert.Equal("True True False False\n", await site.GetAsync("/a.py"));
    }

    [Fact(Timeout = 60_000)]
    public async Task Invoke_KilledBySignalInMidAnswer_IsNoWholeAnswer()
    {
        await using var site = await WarmSiteAsync();
        var begun = Path.Join(site.Root, "begun");
        site.Write("a.py", Head + $"print('part', flush=True)\nwhile not os.path.exists('{begun}'): pass\nos.kill(os.getpid(), 11)");
        var (context, _) = CheckingResponse.Replace(TestHttpContext.Get("/a.py"), (_, _) => File.WriteAllText(begun, ""));
        await Assert.ThrowsAsync<IOException>(() => site.Middleware.InvokeAsync(context, static (_, _) => Task.CompletedTask, Cancellation));
        Assert.Contains(site.Log, static line => line.EndsWith("its answer broke off: it was killed by signal 11 (SIGSEGV)", StringComparison.Ordinal));
    }

    [Fact(Timeout = 60_000)]
    public async Task Invoke_AsAnotherUser_IsForkedAndHasWhatASpawnedScriptHas()
    {
        if (!Accounts.IsRoot)
        {
            var failure = await Assert.ThrowsAnyAsync<Exception>(() => WarmSiteAsync(static options => options.Limits.User = "65534"));
            Assert.Contains("User: the server must run as root", failure.ToString(), StringComparison.Ordinal);
            return;
        }

        const string Script = Head + """
            import resource
            with open('/dev/stdout', 'w') as again:  # Its own pipes can be opened anew,
                again.write('stdout ')
            with open('/dev/stderr', 'w') as again:
                again.write('to the log\n')
            with open('/dev/stdin') as again:
                print(again.read())
            with open(os.path.join(os.environ['TMPDIR'], 'mine'), 'w') as mine:  # and its directory is its own.
                print(oct(os.fstat(mine.fileno()).st_mode), os.fstat(mine.fileno()).st_uid, oct(os.stat(os.environ['TMPDIR']).st_mode))
            print(os.getresuid(), os.getresgid(), os.getgroups(), [line.split()[1] for line in open('/proc/self/status') if line.startswith('Cap')][:3])
            print([resource.getrlimit(getattr(resource, 'RLIMIT_' + name)) for name in ('AS', 'CPU', 'NPROC', 'NOFILE', 'FSIZE', 'CORE')], os.nice(0))
            try:
                open('/etc/shadow')
            except PermissionError as problem:
                print(problem)
            """;
        var answers = new List<string>();
        foreach (var warm in (bool[])[false, true])
        {
            await using var site = await ScriptSite.CreateAsync(options =>
            {
                options.Python.Warm = warm;
                options.PrivateTemp = true;
                options.Limits = new ProcessLimitOptions
                {
                    User = "65534", Umask = "027", OpenFiles = 64, Processes = 500, Memory = ByteSize.FromMegabytes(512), CpuTime = TimeSpan.FromSeconds(20), FileSize = ByteSize.FromMegabytes(1),
                };
            });
            ScriptSite.Permit(site.Root);
            site.Write("a.py", Script);
            site.Write("parent.py", Head + "print(os.getppid())");
            if (warm)
            {
                var id = await Interpreter(site).WhenReadyAsync().WaitAsync(Cancellation);
                Assert.Equal($"{id}\n", await site.GetAsync("/parent.py"));
            }

            answers.Add((await site.SendAsync(TestHttpContext.Post("/a.py").WithBody("the body"))).BodyText);
            await site.AllEndedAsync();
            Assert.Contains(site.Log, static line => line.EndsWith("stderr: to the log", StringComparison.Ordinal));
            Assert.DoesNotContain(site.Log, static line => line.Contains("no warm interpreter", StringComparison.Ordinal));
            Assert.DoesNotContain(site.Log, static line => line.Contains("KillDescendants", StringComparison.Ordinal));
        }

        Assert.StartsWith("stdout the body\n0o100640 65534 0o40700\n(65534, 65534, 65534) ", answers[0], StringComparison.Ordinal);
        Assert.Equal(answers[0], answers[1]);
    }

    [Fact(Timeout = 60_000)]
    public async Task Invoke_UserHasAsManyProcessesAsItMay_Is503AsWhenSpawned()
    {
        if (!Accounts.IsRoot)
        {
            return; // Said by the test above.
        }

        // A user that nobody else is: one process is the interpreter.
        var user = $"{3_000_000_000u + (uint)Environment.ProcessId}";
        await using var site = await WarmSiteAsync(options => options.Limits = new ProcessLimitOptions { User = user, Group = user, Processes = 2 });
        ScriptSite.Permit(site.Root);
        var go = Path.Join(site.Root, "go");
        site.Write("wait.py", Head + $"import time\nprint('begun', flush=True)\nwhile not os.path.exists('{go}'): time.sleep(0.01)");
        site.Write("a.py", Head + "print('ran')");
        var begun = new TaskCompletionSource();
        var (context, _) = CheckingResponse.Replace(TestHttpContext.Get("/wait.py"), (_, _) => begun.TrySetResult());
        var waiting = site.Middleware.InvokeAsync(context, static (_, _) => Task.CompletedTask, Cancellation);
        await begun.Task.WaitAsync(Cancellation);
        Assert.Equal(503, (await site.SendAsync(TestHttpContext.Get("/a.py"))).StatusCode);
        File.WriteAllText(go, "");
        await waiting;
        await site.AllEndedAsync();
        Assert.Equal("ran\n", await site.GetAsync("/a.py"));
    }

    [Fact(Timeout = 60_000)]
    public async Task Invoke_InterpreterWasKilled_ScriptsRunAndAnotherTakesOver()
    {
        await using var site = await WarmSiteAsync();
        site.Write("parent.py", Head + "print(os.getppid())");
        var begun = Path.Join(site.Root, "begun");
        site.Write("wait.py", Head + $"open('{begun}', 'w').close()\nprint(sys.stdin.readline())\nsys.exit(3)");
        var first = Interpreter(site).Id!.Value;

        // One that runs meanwhile goes on; nobody knows its exit status any more.
        var body = new Pipe();
        var running = site.SendAsync(TestHttpContext.Post("/wait.py").WithBody(body.Reader.AsStream(), length: 3));
        while (!File.Exists(begun))
        {
            await Task.Delay(10, Cancellation);
        }

        Assert.Equal(0, NativeTest.Kill(first, Kill));
        var second = await Interpreter(site).WhenReadyAsync(other: first).WaitAsync(Cancellation);
        await body.Writer.WriteAsync("ok\n"u8.ToArray(), Cancellation);
        await body.Writer.CompleteAsync();
        Assert.Equal("ok\n\n", (await running).BodyText);
        Assert.Equal($"{second}\n", await site.GetAsync("/parent.py"));
        await site.AllEndedAsync();
        Assert.Contains(site.Log, line => line.Contains($"(process {first}) was killed by signal 9", StringComparison.Ordinal));
    }

    [Fact(Timeout = 60_000)]
    public async Task Invoke_NoInterpreter_IsSpawnedAndSaidSo()
    {
        await using var site = await ScriptSite.CreateAsync(static options =>
        {
            options.Python.Warm = true;
            options.Python.Preload = ["no_such_module"];
        });
        site.Write("parent.py", Head + "print(os.getppid())");
        Assert.Equal(Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n", await site.GetAsync("/parent.py"));
        Assert.Contains(site.Log, static line => line.Contains("no warm interpreter for 1 requests", StringComparison.Ordinal));
        await Eventually(site, "cannot be kept warm: import no_such_module failed: ModuleNotFoundError");
        await Eventually(site, "is started again in 00:00:01");
        Assert.Contains(site.Log, static line => line.Contains("stderr: ModuleNotFoundError", StringComparison.Ordinal));
    }

    [Fact(Timeout = 60_000)]
    public async Task Invoke_PreloadStartsAThread_IsRefused()
    {
        var library = Directory.CreateTempSubdirectory("warm-library-").FullName;
        await File.WriteAllTextAsync(
            Path.Join(library, "threaded.py"), "import threading, time\nthreading.Thread(target=time.sleep, args=(100,), daemon=True).start()\n", Cancellation);
        await using var site = await ScriptSite.CreateAsync(options =>
        {
            options.Python.Warm = true;
            options.Python.Preload = ["threaded"];
            options.Environment["PYTHONPATH"] = library;
        });
        await Eventually(site, "a module of Preload started a thread");
        Directory.Delete(library, recursive: true);
    }

    [Fact(Timeout = 60_000)]
    public async Task Invoke_OptionThatCannotBe_IsSpawnedAndSaidSo()
    {
        await using var site = await ScriptSite.CreateAsync(static options =>
        {
            options.Python.Warm = true;
            options.Interpreters[".py"] += " -x";
        });
        site.Write("a.py", "this line is skipped\n" + Head + "print(1)");
        Assert.Empty(site.Middleware.Warm);
        Assert.Equal("1\n", await site.GetAsync("/a.py"));
        Assert.Contains(site.Log, static line => line.Contains("is not kept warm", StringComparison.Ordinal) && line.Contains("'-x'", StringComparison.Ordinal));
    }

    [Fact(Timeout = 60_000)]
    public async Task Invoke_RequestTooLargeForTheSocket_IsSpawned()
    {
        await using var site = await WarmSiteAsync();
        site.Write("a.py", Head + "print(os.getppid(), len(os.environ['HTTP_X']))");
        var answer = await site.SendAsync(TestHttpContext.Get("/a.py").WithHeader("X", new string('x', 70_000)));
        Assert.Equal($"{Environment.ProcessId} 70000\n", answer.BodyText);
    }

    [Fact(Timeout = 60_000)]
    public async Task Invoke_MaxRequests_AnotherTakesOverAndTheFirstEnds()
    {
        await using var site = await WarmSiteAsync(static options => options.Python.MaxRequests = 2);
        site.Write("parent.py", Head + "print(os.getppid())");
        var first = Interpreter(site).Id!.Value;
        Assert.Equal($"{first}\n", await site.GetAsync("/parent.py"));
        Assert.Equal($"{first}\n", await site.GetAsync("/parent.py"));
        var second = await Interpreter(site).WhenReadyAsync(other: first).WaitAsync(Cancellation);
        Assert.Equal($"{second}\n", await site.GetAsync("/parent.py"));
        await EndOf(first);
    }

    [Fact(Timeout = 60_000)]
    public async Task Invoke_ImportedFileChanges_AnotherTakesOver()
    {
        var library = Directory.CreateTempSubdirectory("warm-library-").FullName;
        var module = Path.Join(library, "warm_library.py");
        await File.WriteAllTextAsync(module, "VALUE = 'one'\n", Cancellation);
        await using var site = await WarmSiteAsync(options =>
        {
            options.Environment["PYTHONPATH"] = library;
            options.Python.Preload = ["warm_library"];
        });
        site.Write("a.py", Head + "import warm_library; print(warm_library.VALUE)");
        var first = Interpreter(site).Id!.Value;
        Assert.Equal("one\n", await site.GetAsync("/a.py"));
        await File.WriteAllTextAsync(module, "VALUE = 'other'\n", Cancellation);
        var second = Interpreter(site).WhenReadyAsync(other: first);
        while (!second.IsCompleted)
        {
            await site.GetAsync("/a.py"); // A request is what makes it look, once a second.
        }

        Assert.Equal("other\n", await site.GetAsync("/a.py"));
        Assert.Contains(site.Log, line => line.Contains($"{module} has changed", StringComparison.Ordinal));
        Directory.Delete(library, recursive: true);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("import time; time.sleep(100)")]
    [InlineData("import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(100)")]
    [InlineData("import subprocess; subprocess.run(['sleep', '100'])")]
    [InlineData("while True: pass")]
    public async Task Invoke_ScriptHangs_IsKilledWithAllItStarted(string text)
    {
        await using var site = await WarmSiteAsync(static options =>
        {
            options.Timeout = TimeSpan.FromMilliseconds(300);
            options.KillGrace = TimeSpan.FromMilliseconds(100);
        });
        var file = Path.Join(site.Root, "pid");
        site.Write("a.py", $"import os\nwith open('{file}', 'w') as f: f.write(str(os.getpid()))\n{text}");
        Assert.Equal(504, (await site.SendAsync(TestHttpContext.Get("/a.py"))).StatusCode);
        await site.AllEndedAsync();
        var group = int.Parse(await File.ReadAllTextAsync(file, Cancellation), CultureInfo.InvariantCulture);
        await EndOf(-group); // What it left behind is collected by init in its own time.
    }

    [Fact(Timeout = 60_000)]
    public async Task Invoke_ScriptEndsBySignalOrStatus_IsLogged()
    {
        await using var site = await WarmSiteAsync();
        site.Write("signal.py", Head + "os.kill(os.getpid(), 11)");
        site.Write("status.py", Head + "sys.exit('that is why')");
        await Record.ExceptionAsync(() => site.GetAsync("/signal.py")); // 502, or cut off where its head had gone out already.
        await site.GetAsync("/status.py");
        await site.AllEndedAsync();
        Assert.Contains(site.Log, static line => line.Contains("signal.py", StringComparison.Ordinal) && line.Contains("was killed by signal 11", StringComparison.Ordinal));
        Assert.Contains(site.Log, static line => line.Contains("status.py", StringComparison.Ordinal) && line.Contains("exited with status 1", StringComparison.Ordinal));
        Assert.Contains(site.Log, static line => line.Contains("stderr: that is why", StringComparison.Ordinal));
    }

    [Fact(Timeout = 60_000)]
    public async Task Invoke_ScriptLeavesAProcess_ItIsEndedWithIt()
    {
        await using var site = await WarmSiteAsync(static options => options.KillGrace = TimeSpan.FromMilliseconds(100));
        site.Write("a.py", Head + "import subprocess\nprint(subprocess.Popen(['sleep', '100'], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).pid)");
        var left = int.Parse((await site.GetAsync("/a.py")).Trim(), CultureInfo.InvariantCulture);
        await site.AllEndedAsync();
        await EndOf(left);
    }

    [Fact(Timeout = 60_000)]
    public async Task Invoke_ScriptLeavesADaemonThatExecutesNothing_ItIsEndedWithIt()
    {
        await using var site = await WarmSiteAsync(static options => options.KillGrace = TimeSpan.FromMilliseconds(100));
        site.Write("a.py", Head + """
            read, write = os.pipe()
            if os.fork() == 0:
                os.setsid()
                if os.fork() == 0:
                    for fd in (0, 1, 2):
                        os.dup2(os.open('/dev/null', os.O_RDWR), fd)
                    os.write(write, str(os.getpid()).encode())
                    import time
                    time.sleep(1000)
                os._exit(0)
            os.wait()
            print(os.getppid(), os.read(read, 20).decode(), os.environ['WEBSERV_SCRIPT_ID'] in open('/proc/self/environ').read())
            """);
        site.Write("b.py", Head + "import time\nprint('begun', flush=True)\ntime.sleep(1000)");
        var other = site.SendAsync(TestHttpContext.Get("/b.py"));
        var words = (await site.GetAsync("/a.py")).Split();
        Assert.Equal($"{Interpreter(site).Id}", words[0]);
        await EndOf(int.Parse(words[1], CultureInfo.InvariantCulture));
        Assert.Equal("True", words[2]);
        Assert.False(other.IsCompleted);
        Assert.DoesNotContain(site.Log, static line => line.Contains("KillDescendants does not find", StringComparison.Ordinal));
        Assert.True(Interpreter(site).Id is not null);
    }

    [Fact(Timeout = 60_000)]
    public async Task Invoke_PreloadWritesOverTheEnvironment_IsSaidAndScriptsRun()
    {
        // As modules do that set the title of a process.
        var library = Directory.CreateTempSubdirectory("warm-library-").FullName;
        await File.WriteAllTextAsync(Path.Join(library, "warm_title.py"), """
            with open('/proc/self/stat') as file:
                begin, end = (int(field) for field in file.read().rpartition(')')[2].split()[47:49])
            with open('/proc/self/mem', 'r+b', 0) as memory:
                memory.seek(begin)
                memory.write(b'title'.ljust(end - begin, b'\0'))
            """, Cancellation);
        await using var site = await WarmSiteAsync(options =>
        {
            options.Environment["PYTHONPATH"] = library;
            options.Python.Preload = ["warm_title"];
        });
        site.Write("a.py", Head + "print(os.getppid(), len(os.environ['WEBSERV_SCRIPT_ID']), open('/proc/self/environ').read().rstrip('\\0'))");
        Assert.Equal($"{Interpreter(site).Id} 24 title\n", await site.GetAsync("/a.py"));
        await Eventually(site, "KillDescendants does not find what forks, makes a session and executes nothing: WEBSERV_SCRIPT_ID: it is not there");
        Directory.Delete(library, recursive: true);
    }

    [Fact(Timeout = 60_000)]
    public async Task Dispose_ScriptsRun_NoProcessIsLeft()
    {
        var site = await WarmSiteAsync(static options => options.KillGrace = TimeSpan.FromMilliseconds(100));
        site.Write("a.py", "import os, time\nprint('Content-Type: text/plain\\n')\nprint(os.getpid(), flush=True)\ntime.sleep(100)");
        var interpreter = Interpreter(site).Id!.Value;
        var running = site.SendAsync(TestHttpContext.Get("/a.py"));
        while (site.Middleware.Running == 0)
        {
            await Task.Yield();
        }

        await site.DisposeAsync();
        await Task.WhenAny(running);
        Assert.Equal(-1, NativeTest.Kill(interpreter, 0));
        Assert.Equal(0, site.Middleware.Running);
    }

    [Fact(Timeout = 60_000)]
    public async Task Dispose_WhileItStarts_NoProcessIsLeft()
    {
        var mark = Guid.NewGuid().ToString();
        var site = await ScriptSite.CreateAsync(options =>
        {
            options.Python.Warm = true;
            options.Environment["WARM_MARK"] = mark;
        });
        await site.DisposeAsync();
        Assert.Null(Interpreter(site).Id);
        Assert.DoesNotContain(Directory.EnumerateDirectories("/proc"), path => HasEnvironment(path, mark));
    }

    private static bool HasEnvironment(string process, string mark)
    {
        try
        {
            return File.Exists(Path.Join(process, "environ")) && File.ReadAllText(Path.Join(process, "environ")).Contains(mark, StringComparison.Ordinal);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false; // It has ended, or is somebody else's.
        }
    }

    private static WarmInterpreter Interpreter(ScriptSite site) => Assert.Single(site.Middleware.Warm);

    private static async Task<ScriptSite> WarmSiteAsync(Action<CgiOptions>? configure = null)
    {
        var site = await ScriptSite.CreateAsync(options =>
        {
            options.Python.Warm = true;
            configure?.Invoke(options);
        });
        await Interpreter(site).WhenReadyAsync().WaitAsync(Cancellation);
        return site;
    }

    private static async Task Eventually(ScriptSite site, string text)
    {
        while (!site.Log.Any(line => line.Contains(text, StringComparison.Ordinal)))
        {
            await Task.Delay(20, Cancellation);
        }
    }

    private static async Task EndOf(int pid)
    {
        while (NativeTest.Kill(pid, 0) == 0)
        {
            await Task.Delay(20, Cancellation);
        }
    }
}
