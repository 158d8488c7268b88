using Microsoft.Extensions.DependencyInjection;
using Webserv.Abstractions.Http;
using Webserv.Plugins.Cgi.Tests.Fixtures;
using Webserv.Gateway;
using Webserv.Testing.Http;

namespace Webserv.Plugins.Cgi.Tests;

/// <summary>What real scripts see and how their answers arrive.</summary>
public sealed class ScriptTests
{
    [Fact]
    public async Task Invoke_ShellScript_AnswersWithItsOutput()
    {
        await using var site = await ScriptSite.CreateAsync();
        site.Write("a.sh", "echo 'Status: 201 Made'; echo 'Content-Type: text/x-test'; echo 'X-A: b'; echo; echo hello");
        var response = await site.SendAsync(TestHttpContext.Get("/a.sh"));
        Assert.Equal(201, response.StatusCode);
        Assert.Equal("text/x-test", response.Headers["Content-Type"]);
        Assert.Equal("b", response.Headers["X-A"]);
        Assert.Equal("hello\n", response.BodyText);
    }

    [Fact]
    public async Task Invoke_ExecutableScript_IsRunByItself()
    {
        await using var site = await ScriptSite.CreateAsync();
        site.Write("a.cgi", "#!/bin/sh\necho; echo \"$0 $#\"; pwd", executable: true);
        site.Write("b.cgi", "#!/bin/sh\necho 'A: b'; echo; echo \"$0 $#\"; pwd", executable: true);
        Assert.Equal(502, (await site.SendAsync(TestHttpContext.Get("/a.cgi"))).StatusCode);
        Assert.Equal($"{site.Root}/b.cgi 0\n{site.Root}\n", await site.GetAsync("/b.cgi"));
    }

    [Fact]
    public async Task Invoke_NotExecutable_Answers403AndSaysSo()
    {
        await using var site = await ScriptSite.CreateAsync();
        site.Write("a.cgi", "#!/bin/sh\n");
        Assert.Equal(403, (await site.SendAsync(TestHttpContext.Get("/a.cgi"))).StatusCode);
        Assert.Contains(site.Log, static line => line.Contains("a.cgi: it may not be executed", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("#!/no/such/thing\n", "does not exist")]
    [InlineData("\u0001\u0002 no program", "is no program of this machine")]
    public async Task Invoke_CannotStart_Answers500AndSaysWhy(string text, string reason)
    {
        await using var site = await ScriptSite.CreateAsync();
        site.Write("a.cgi", text, executable: true);
        Assert.Equal(500, (await site.SendAsync(TestHttpContext.Get("/a.cgi"))).StatusCode);
        Assert.Contains(site.Log, line => line.Contains(reason, StringComparison.Ordinal));
        Assert.Equal(0, site.Middleware.Running);
    }

    [Fact]
    public async Task Invoke_InterpreterMissing_Answers500AndWarnsAtStart()
    {
        await using var site = await ScriptSite.CreateAsync(static options => options.Interpreters[".x"] = "no-such-interpreter-here");
        Assert.Contains(site.Log, static line => line.Contains("'no-such-interpreter-here' was not found", StringComparison.Ordinal));
        site.Write("a.x", "");
        Assert.Equal(500, (await site.SendAsync(TestHttpContext.Get("/a.x"))).StatusCode);
    }

    [Fact]
    public async Task Invoke_MissingScript_GoesToNext()
    {
        await using var site = await ScriptSite.CreateAsync();
        var context = TestHttpContext.Get("/none.sh");
        Assert.Equal(404, (await site.SendAsync(context)).StatusCode);
        Assert.True(context.NextWasCalled);
    }

    [Fact]
    public async Task Invoke_OneScript_AnswersForEveryPathAsItself()
    {
        await using var site = await ScriptSite.CreateAsync(static options => (options.Script, options.Interpreters) = ("tool", new Dictionary<string, string>()));
        Assert.Contains(site.Log, line => line.Contains($"there is no script 'tool' in {site.Root}", StringComparison.Ordinal));
        Assert.Equal(404, (await site.SendAsync(TestHttpContext.Get("/a/b.sh"))).StatusCode);
        site.Write("tool", "#!/bin/sh\necho 'A: b'; echo; echo \"$SCRIPT_NAME|$PATH_INFO|$PATH_TRANSLATED|$QUERY_STRING\"", executable: true);
        Assert.Equal($"|/a/b.sh|{site.Root}/a/b.sh|q\n", await site.GetAsync("/a/b.sh?q"));
    }

    [Fact]
    public async Task Invoke_SubdirectoryWithPathInfo_RunsThereWithPathInfo()
    {
        await using var site = await ScriptSite.CreateAsync();
        site.Write("d/e/a.sh", "echo 'A: b'; echo; pwd; echo \"$SCRIPT_NAME|$PATH_INFO|$PATH_TRANSLATED|$QUERY_STRING\"");
        Assert.Equal(
            $"{site.Root}/d/e\n/d/e/a.sh|/x y/ü|{site.Root}/x y/ü|q=%20\n",
            await site.GetAsync("/d/e/a.sh/x%20y/%C3%BC?q=%20"));
    }

    [Fact]
    public async Task Invoke_Environment_HoldsOnlyWhatIsListed()
    {
        Environment.SetEnvironmentVariable("CGI_TEST_SECRET", "secret");
        await using var site = await ScriptSite.CreateAsync(static options => options.Environment["EXTRA"] = "a=b");
        site.Write("env.py", "import os\nprint('A: b\\n')\nprint('\\n'.join(sorted(os.environ)))");
        var names = (await site.GetAsync("/env.py")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(
            [
                "CONTEXT_DOCUMENT_ROOT", "CONTEXT_PREFIX", "DOCUMENT_ROOT", "EXTRA", "GATEWAY_INTERFACE", "HTTP_HOST", "LC_CTYPE", "PATH",
                "QUERY_STRING", "REDIRECT_STATUS", "REMOTE_ADDR", "REMOTE_HOST", "REMOTE_PORT", "REQUEST_METHOD", "REQUEST_SCHEME",
                "REQUEST_URI", "SCRIPT_FILENAME", "SCRIPT_NAME", "SERVER_ADDR", "SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL",
                "SERVER_SOFTWARE", "WEBSERV_SCRIPT_ID",
            ],
            names.Union(["LC_CTYPE", "HTTP_HOST"]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Invoke_Descriptors_AreThreePipesAndNothingElse()
    {
        await using var site = await ScriptSite.CreateAsync();
        await using var inherited = File.OpenRead("/etc/hostname");
        Assert.True(ClearCloseOnExec(inherited) >= 0);
        site.Write("fd.sh", "echo 'A: b'; echo; ls -l /proc/$$/fd");
        var lines = (await site.GetAsync("/fd.sh")).Split('\n')
            .Where(static line => line.Contains(" -> ", StringComparison.Ordinal))
            .Select(static line => line.Split(' ')[^3] + " " + line.Split(' ')[^1].Split(':')[0])
            .Order(StringComparer.Ordinal);

        // The last is the shell's own, of the script that it reads.
        Assert.Equal(["0 pipe", "1 pipe", "10 " + Path.Join(site.Root, "fd.sh"), "2 pipe"], lines);
    }

    [Fact]
    public async Task Invoke_Signals_AreReset()
    {
        await using var site = await ScriptSite.CreateAsync();
        site.Write("sig.cgi", "#!/bin/sh\necho 'A: b'; echo; grep -E 'Sig(Ign|Blk)' /proc/self/status; cut -d' ' -f1,5,6 /proc/$$/stat", executable: true);
        var text = await site.GetAsync("/sig.cgi");
        Assert.Contains("SigBlk:\t0000000000000000", text, StringComparison.Ordinal);
        var ignored = Convert.ToUInt64(text.Split("SigIgn:\t")[1][..16], 16);
        Assert.Equal(0UL, ignored & ~0x180000000UL); // glibc keeps its internal 32 and 33 ignored
        var ids = text.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1].Split(' ');
        Assert.Single(ids.Distinct()); // pid, process group, session
    }

    [Theory]
    [InlineData(7)]
    [InlineData(200_000)]
    public async Task Invoke_ChunkedBody_IsSpooledWithItsLength(int size)
    {
        await using var site = await ScriptSite.CreateAsync();
        site.Write("a.sh", "echo 'A: b'; echo; echo \"$CONTENT_LENGTH\"; wc -c");
        using var body = new MemoryStream(new byte[size]);
        var response = await site.SendAsync(TestHttpContext.Post("/a.sh").WithBody(body));
        Assert.Equal($"{size}\n{size}\n", response.BodyText);
    }

    [Fact]
    public async Task Invoke_ChunkedBodyStreamed_EndsWithEndOfFile()
    {
        await using var site = await ScriptSite.CreateAsync(static options => options.ChunkedBody = ChunkedBody.Stream);
        site.Write("a.sh", "echo 'A: b'; echo; echo \"${CONTENT_LENGTH-none}\"; wc -c");
        using var body = new MemoryStream(new byte[200_000]);
        var response = await site.SendAsync(TestHttpContext.Post("/a.sh").WithBody(body));
        Assert.Equal("none\n200000\n", response.BodyText);
    }

    [Fact]
    public async Task Invoke_BodyTooLarge_AnswersWithItsStatusAndKillsTheScript()
    {
        await using var site = await ScriptSite.CreateAsync();
        site.Write("a.sh", "cat > /dev/null; echo 'A: b'; echo; echo done");
        var context = TestHttpContext.Post("/a.sh").WithBody(new byte[1000]);
        context.Request.MaxBodySize = 10;
        Assert.Equal(413, (await site.SendAsync(context)).StatusCode);
        await site.AllEndedAsync();
    }

    [Fact]
    public async Task Invoke_SeveralCookies_StayApart()
    {
        await using var site = await ScriptSite.CreateAsync();
        site.Write("a.sh", "printf 'Set-Cookie: a=1\\r\\nSet-Cookie: b=2\\r\\nContent-Type: text/plain\\r\\n\\r\\nx'");
        var response = await site.SendAsync(TestHttpContext.Get("/a.sh"));
        Assert.Equal("a=1 b=2", string.Join(" ", response.Headers["Set-Cookie"].ToArray()));
        Assert.Equal("x", response.BodyText);
    }

    [Fact]
    public async Task Invoke_Head_HasNoBody()
    {
        await using var site = await ScriptSite.CreateAsync();
        site.Write("a.sh", "echo 'Content-Type: text/plain'; echo; echo \"$REQUEST_METHOD\"");
        var response = await site.SendAsync(TestHttpContext.Head("/a.sh"));
        Assert.Equal(200, response.StatusCode);
        Assert.Empty(response.BodyBytes);
        Assert.Equal(5, response.BytesWritten);
    }

    [Fact]
    public async Task Invoke_DirectoryWithIndexScript_RunsIt()
    {
        await using var site = await ScriptSite.CreateAsync();
        site.Write("d/index.sh", "echo 'A: b'; echo; echo \"$SCRIPT_NAME\"");
        Assert.Equal("/d/index.sh\n", await site.GetAsync("/d/"));
    }

    [Fact]
    public async Task Invoke_LogLines_CarryScriptAndTraceId()
    {
        await using var site = await ScriptSite.CreateAsync();
        site.Write("a.sh", "echo 'A: b'; echo; echo one >&2; printf 'tw\\033o' >&2; exit 3");
        var context = TestHttpContext.Get("/a.sh");
        await site.SendAsync(context);
        await site.AllEndedAsync();
        Assert.Contains($"{site.Root}/a.sh [{context.TraceId}] stderr: one", site.Log);
        Assert.Contains($"{site.Root}/a.sh [{context.TraceId}] stderr: tw\uFFFDo", site.Log);
        Assert.Contains($"{site.Root}/a.sh [{context.TraceId}] exited with status 3", site.Log);
    }

    [Fact]
    public async Task Invoke_LocalRedirect_UsesTheFeature()
    {
        await using var site = await ScriptSite.CreateAsync();
        site.Write("a.sh", "echo 'Location: /other?x=1'; echo");
        var feature = new Moq.Mock<ILocalRedirectFeature>();
        await site.SendAsync(TestHttpContext.Get("/a.sh").WithFeature(feature.Object));
        feature.Verify(static f => f.RedirectAsync("/other?x=1", Moq.It.IsAny<CancellationToken>()), Moq.Times.Once);
        Assert.Equal(302, (await site.SendAsync(TestHttpContext.Get("/a.sh").WithoutFeature<ILocalRedirectFeature>())).StatusCode);
    }

    [Fact]
    public async Task Invoke_LocalRedirect_TellsTheOtherScriptWhereItCameFrom()
    {
        await using var site = await ScriptSite.CreateAsync();
        site.Write("a.sh", "echo 'Location: /b.sh/p?to=1'; echo");
        site.Write("b.sh", "echo 'A: b'; echo; echo \"$REDIRECT_URL|$REDIRECT_QUERY_STRING|$REDIRECT_STATUS|$REQUEST_URI|$QUERY_STRING|$REQUEST_METHOD|$PATH_INFO\"");
        var context = TestHttpContext.Post("/a.sh/x%20y?from=1").WithBody("body");

        // The server's own feature turns the request into another one; here another one takes its place, with the same items.
        var answer = "";
        var feature = new Moq.Mock<ILocalRedirectFeature>();
        feature.Setup(static f => f.RedirectAsync(Moq.It.IsAny<string>(), Moq.It.IsAny<CancellationToken>())).Returns(async (string target, CancellationToken _) =>
        {
            var other = TestHttpContext.Get(target);
            foreach (var item in context.Items)
            {
                other.Items.Add(item);
            }

            answer = (await site.SendAsync(other)).BodyText;
        });
        await site.SendAsync(context.WithFeature(feature.Object));
        Assert.Equal("/a.sh/x y|from=1|200|/a.sh/x%20y?from=1|to=1|GET|/p\n", answer);
    }

    [Theory]
    [InlineData("fifo.cgi", 403)]
    [InlineData("directory.cgi", 404)]
    [InlineData("loop.cgi", 404)]
    public async Task Invoke_NoRegularFile_IsNeverRun(string name, int status)
    {
        await using var site = await ScriptSite.CreateAsync();
        var path = Path.Join(site.Root, name);
        if (name == "fifo.cgi")
        {
            Assert.Equal(0, Fixtures.NativeTest.MakeFifo(path, 0x1FF)); // 0777
        }
        else if (name == "loop.cgi")
        {
            File.CreateSymbolicLink(path, path);
        }
        else
        {
            Directory.CreateDirectory(path);
        }

        Assert.Equal(status, (await site.SendAsync(TestHttpContext.Get("/" + name))).StatusCode);
    }

    [Fact]
    public async Task Invoke_FieldLargerThanTheSystemTakes_Answers431AndTheNextRequestRuns()
    {
        await using var site = await ScriptSite.CreateAsync();
        site.Write("a.sh", "echo 'A: b'; echo; echo \"${#HTTP_X_LARGE}\"");
        Assert.Equal("100000\n", (await site.SendAsync(TestHttpContext.Get("/a.sh").WithHeader("X-Large", new string('x', 100_000)))).BodyText);
        Assert.Equal(431, (await site.SendAsync(TestHttpContext.Get("/a.sh").WithHeader("X-Large", new string('x', 200_000)))).StatusCode);
        Assert.Contains(site.Log, static line => line.Contains(" of them HTTP_X_LARGE: cannot start /bin/sh", StringComparison.Ordinal));
        Assert.Equal("0\n", await site.GetAsync("/a.sh"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("portable")]
    public async Task Invoke_AnyRunner_CarriesBodiesArgumentsAndErrors(string runner)
    {
        await using var site = await ScriptSite.CreateAsync(
            static options => options.QueryArguments = true,
            services: services =>
            {
                if (runner.Length > 0)
                {
                    services.AddSingleton<Webserv.Gateway.Processes.IProcessRunner>(new Webserv.Gateway.Processes.Portable.PortableProcessRunner());
                }
            });
        site.Write("d/a.sh", "echo 'Status: 202'; echo 'A: b'; echo; pwd; echo \"$1|$2|$PATH_INFO|${HOME-no home}\"; echo err >&2");
        site.Write("b.sh", "echo 'A: b'; echo; cat");
        var response = await site.SendAsync(TestHttpContext.Get("/d/a.sh/%C3%BC?one+t%C3%BCo"));
        Assert.Equal((202, $"{site.Root}/d\none|t\u00fco|/\u00fc|no home\n"), (response.StatusCode, response.BodyText));
        using var body = new PatternStream(3_000_000);
        response = await site.SendAsync(TestHttpContext.Post("/b.sh").WithBody(body, length: 3_000_000).WithMaxBodySize(null));
        Assert.Equal(3_000_000, response.BytesWritten);
        Assert.Equal(PatternStream.At(2_999_999), response.BodyBytes[^1]);
        await site.AllEndedAsync();
        Assert.Contains(site.Log, static line => line.EndsWith("stderr: err", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Invoke_PortableRunner_KillsAScriptThatIsSilent()
    {
        await using var site = await ScriptSite.CreateAsync(
            static options => options.Timeout = TimeSpan.FromMilliseconds(50),
            services: static services => services.AddSingleton<Webserv.Gateway.Processes.IProcessRunner>(new Webserv.Gateway.Processes.Portable.PortableProcessRunner()));
        site.Write("a.sh", "sleep 1000");
        Assert.Equal(504, (await site.SendAsync(TestHttpContext.Get("/a.sh"))).StatusCode);
        await site.AllEndedAsync();
    }

    [Fact]
    public async Task Invoke_Php_SeesFormAndPathInfo()
    {
        await using var site = await ScriptSite.CreateAsync(static options => options.Interpreters[".php"] = ScriptSite.Tool("/usr/bin/php-cgi", "php-cgi"));
        site.Write("a.php", "<?php header('Set-Cookie: a=1'); header('Set-Cookie: b=2', false); echo $_POST['n'], $_GET['q'], $_SERVER['PATH_INFO'], getcwd();");
        using var body = new MemoryStream("n=%C3%BC"u8.ToArray());
        var response = await site.SendAsync(TestHttpContext.Post("/a.php/p?q=-s").WithBody(body, "application/x-www-form-urlencoded"));
        Assert.Equal("ü-s/p" + site.Root, response.BodyText);
        Assert.Equal("a=1 b=2", string.Join(" ", response.Headers["Set-Cookie"].ToArray()));
    }

    [Fact]
    public async Task Invoke_PhpWithOptionInQuery_DoesNotTakeItAsArgument()
    {
        await using var site = await ScriptSite.CreateAsync(static options => options.Interpreters[".php"] = ScriptSite.Tool("/usr/bin/php-cgi", "php-cgi"));
        site.Write("a.php", "<?php echo 'ran';");
        Assert.Equal("ran", await site.GetAsync("/a.php?-s")); // CVE-2012-1823 would show the source
    }

    private static int ClearCloseOnExec(FileStream file) =>
        Fixtures.NativeTest.Control((int)file.SafeFileHandle.DangerousGetHandle(), 2, 0); // F_SETFD

    [Fact]
    public async Task InvokeAsync_PhpBelowAnUploadedFile_IsNeverRunEvenIfScriptsNeedNotExist()
    {
        await using var site = await ScriptSite.CreateAsync(static options =>
        {
            options.Interpreters[".php"] = ScriptSite.Tool("/usr/bin/php-cgi", "php-cgi");
            options.CheckScriptExists = false;
        });
        site.Write("up/evil.jpg", "<?php echo 'ran';");
        site.Write("a.php", "<?php echo 'ran';");

        var context = TestHttpContext.Get("/up/evil.jpg/x.php");
        Assert.DoesNotContain("ran", (await site.SendAsync(context)).BodyText, StringComparison.Ordinal);
        Assert.True(context.NextWasCalled);
        Assert.Equal("ran", await site.GetAsync("/a.php/x.php"));
    }
}
