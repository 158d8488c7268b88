using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Moq;
using Webserv.Gateway;
using Webserv.Gateway.Processes;
using Webserv.Plugins.Cgi.Tests.Fixtures;
using Webserv.Testing.Http;

namespace Webserv.Plugins.Cgi.Tests;

/// <summary>What the middleware does with a script whose every move is the test's, on a clock that is the test's.</summary>
public sealed class MockedProcessTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly Mock<IProcessRunner> _runner = new();
    private readonly Mock<IScriptProcess> _process = new();
    private readonly TaskCompletionSource _exited = new();
    private readonly TaskCompletionSource _terminated = new();
    private readonly TaskCompletionSource _killed = new();
    private readonly StallingStream _output = new([]);
    private readonly MemoryStream _input = new();
    private ProcessStart? _start;

    public MockedProcessTests()
    {
        _process.SetupGet(static p => p.StandardInput).Returns(_input);
        _process.SetupGet(static p => p.StandardOutput).Returns(_output);
        _process.SetupGet(static p => p.StandardError).Returns(Stream.Null);
        _process.SetupGet(static p => p.Exited).Returns(_exited.Task);
        _process.Setup(static p => p.Signal(ScriptSignal.Terminate)).Returns(true).Callback(() => _terminated.TrySetResult());
        _process.Setup(static p => p.Signal(ScriptSignal.Kill)).Returns(true).Callback(() =>
        {
            _killed.TrySetResult();
            _exited.TrySetResult();
        });
        _process.Setup(static p => p.Signal(ScriptSignal.Probe)).Returns(false);
        _runner.Setup(static r => r.Start(It.IsAny<ProcessStart>()))
            .Callback((ProcessStart start) => _start = start)
            .Returns(_process.Object);
    }

    public void Dispose()
    {
        _output.Dispose();
        _input.Dispose();
    }

    [Theory]
    [InlineData((int)ProcessStartFailure.Busy, 503)]
    [InlineData((int)ProcessStartFailure.NotFound, 500)]
    [InlineData((int)ProcessStartFailure.NotExecutable, 500)]
    [InlineData((int)ProcessStartFailure.UnknownFormat, 500)]
    [InlineData((int)ProcessStartFailure.TooLarge, 500)]
    [InlineData((int)ProcessStartFailure.Other, 500)]
    public async Task Invoke_StartFails_AnswersAndGivesThePlaceBack(int failure, int status)
    {
        _runner.Setup(static r => r.Start(It.IsAny<ProcessStart>())).Throws(new ProcessStartException((ProcessStartFailure)failure, "the reason"));
        await using var site = await CreateAsync(static options => (options.MaxConcurrent, options.QueueLength) = (1, 0));
        for (var round = 0; round < 2; round++)
        {
            var response = await site.SendAsync(TestHttpContext.Get("/a.sh"));
            Assert.Equal((status, status == 503), (response.StatusCode, response.Headers.Contains("Retry-After")));
        }

        Assert.Equal(2, site.Log.Count(static line => line.EndsWith("the reason", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("X-Large", "", "", 431, "HTTP_X_LARGE")]
    [InlineData("", "q", "", 414, "REQUEST_URI")]
    [InlineData("X-Large", "q", "EXTRA", 500, "EXTRA")]
    public async Task Invoke_EnvironmentTooLarge_SaysWhatIsAndWhoseFaultItIs(string field, string query, string variable, int status, string named)
    {
        _runner.Setup(static r => r.Start(It.IsAny<ProcessStart>())).Throws(new ProcessStartException(ProcessStartFailure.TooLarge, "the reason"));
        await using var site = await CreateAsync(options =>
        {
            if (variable.Length > 0)
            {
                options.Environment[variable] = new string('x', 30_000);
            }
        });
        var context = TestHttpContext.Get(query.Length > 0 ? "/a.sh?" + new string('q', 20_000) : "/a.sh");
        if (field.Length > 0)
        {
            context.WithHeader(field, new string('f', 10_000));
        }

        Assert.Equal(status, (await site.SendAsync(context)).StatusCode);
        Assert.Contains(site.Log, line => line.Contains($" of them {named}: the reason", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false, "")]
    [InlineData(true, "one|two words")]
    public async Task Invoke_QueryArguments_StandBehindTheScript(bool wanted, string words)
    {
        await using var site = await CreateAsync(options => options.QueryArguments = wanted);
        using var output = new MemoryStream("A: b\n\nhi"u8.ToArray());
        _process.SetupGet(static p => p.StandardOutput).Returns(output);
        _exited.SetResult();
        Assert.Equal("hi", await site.GetAsync("/a.sh?one+two%20words"));
        Assert.Equal(Path.Join(site.Root, "a.sh"), _start!.Arguments[0]);
        Assert.Equal(words, string.Join('|', _start.Arguments.Skip(1)));
    }

    [Fact]
    public async Task Invoke_TimeOfAnEndedScriptIsOverWhenItsOutputComes_WhatWasReadIsSent()
    {
        await using var site = await CreateAsync();
        using var output = new LateStream("A: b\n\nhi"u8.ToArray(), () => _time.Advance(TimeSpan.FromMinutes(1)));
        _process.SetupGet(static p => p.StandardOutput).Returns(output);
        _exited.SetResult();
        var response = await site.SendAsync(TestHttpContext.Get("/a.sh"));
        Assert.Equal((200, "hi"), (response.StatusCode, response.BodyText));
    }

    [Fact]
    public async Task Invoke_Interpreter_GetsItsArgumentsThenTheScript()
    {
        await using var site = await CreateAsync(static options => options.Interpreters[".sh"] = "/bin/sh -e \"a b\"");
        using var output = new MemoryStream("A: b\n\nhi"u8.ToArray());
        _process.SetupGet(static p => p.StandardOutput).Returns(output);
        _exited.SetResult();
        Assert.Equal("hi", await site.GetAsync("/a.sh?-x+-y"));
        Assert.Equal("/bin/sh", _start!.Program);
        Assert.Equal(["-e", "a b", Path.Join(site.Root, "a.sh")], _start.Arguments);
        Assert.Equal(site.Root, _start.WorkingDirectory);
    }

    [Fact(Timeout = 20_000)]
    public async Task Invoke_SilentScript_Answers504ThenTerminatesThenKillsThenReaps()
    {
        var site = await CreateAsync();
        var request = site.SendAsync(TestHttpContext.Get("/a.sh"));
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.False(request.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(504, (await request).StatusCode);
        await _terminated.Task;
        Assert.False(_killed.Task.IsCompleted);
        while (!_killed.Task.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(2));
            await Task.Yield();
        }

        await site.DisposeAsync();
        _process.Verify(static p => p.Reap(), Times.Once);
        _process.Verify(static p => p.DisposeAsync(), Times.Once);
    }

    [Fact(Timeout = 20_000)]
    public async Task Invoke_ClientIsSlow_IsNotTheScriptsFault()
    {
        await using var site = await CreateAsync();
        using var body = new StallingStream("abc"u8.ToArray());
        using var client = new CancellationTokenSource();
        var request = TestHttpContext.Post("/a.sh").WithBody(body, length: 1000).SendAsync(site.Middleware, client.Token);
        for (var i = 0; i < 10; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(60));
        }

        Assert.True(body.LastToken.CanBeCanceled);
        Assert.False(body.LastToken.IsCancellationRequested); // the clock cancels before Advance returns
        _exited.SetResult();
        await client.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
    }

    [Fact(Timeout = 20_000)]
    public async Task Invoke_TotalTimeout_CountsTheClientsTimeToo()
    {
        await using var site = await CreateAsync(static options => options.TotalTimeout = TimeSpan.FromMinutes(5));
        using var body = new StallingStream("abc"u8.ToArray());
        var request = site.SendAsync(TestHttpContext.Post("/a.sh").WithBody(body, length: 1000));
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(504, (await request).StatusCode);
        _exited.SetResult();
    }

    [Theory]
    [InlineData("link", 403)]
    [InlineData("nothing", 404)]
    public async Task Invoke_ScriptSwappedWhileTheBodyCame_IsNotStarted(string swappedFor, int status)
    {
        await using var site = await CreateAsync(static options => (options.ChunkedBody, options.MaxConcurrent, options.QueueLength) = (ChunkedBody.Spool, 1, 0));
        var outside = Directory.CreateTempSubdirectory("cgi-outside-");
        await File.WriteAllTextAsync(Path.Join(outside.FullName, "a.sh"), "", TestContext.Current.CancellationToken);
        for (var round = 0; round < 2; round++)
        {
            Directory.CreateDirectory(Path.Join(site.Root, "sub"));
            site.Write("sub/a.sh", "");
            using var body = new HookStream("x"u8.ToArray(), () =>
            {
                Directory.Delete(Path.Join(site.Root, "sub"), recursive: true);
                if (swappedFor == "link")
                {
                    Directory.CreateSymbolicLink(Path.Join(site.Root, "sub"), outside.FullName);
                }
            });
            Assert.Equal(status, (await site.SendAsync(TestHttpContext.Post("/sub/a.sh").WithBody(body))).StatusCode);
            if (swappedFor == "link")
            {
                Directory.Delete(Path.Join(site.Root, "sub"));
            }
        }

        outside.Delete(recursive: true);

        // The place was given back each time: the second round would be 503 otherwise.
        _runner.Verify(static r => r.Start(It.IsAny<ProcessStart>()), Times.Never);
    }

    [Fact(Timeout = 20_000)]
    public async Task Invoke_AllPlacesTaken_Answers503()
    {
        await using var site = await CreateAsync(static options => (options.MaxConcurrent, options.QueueLength) = (1, 0));
        using var client = new CancellationTokenSource();
        var first = TestHttpContext.Get("/a.sh").SendAsync(site.Middleware, client.Token);
        Assert.Equal(503, (await site.SendAsync(TestHttpContext.Get("/a.sh"))).StatusCode);
        _exited.SetResult();
        await client.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
    }

    private async Task<ScriptSite> CreateAsync(Action<CgiOptions>? configure = null)
    {
        var site = await ScriptSite.CreateAsync(configure, _time, services => services.AddSingleton(_runner.Object));
        site.Write("a.sh", "");
        return site;
    }
}
