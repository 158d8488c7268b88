using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Moq;
using Webserv.Gateway;
using Webserv.Gateway.Processes;
using Webserv.Plugins.Cgi.Tests.Fixtures;
using Webserv.Testing.Http;

namespace Webserv.Plugins.Cgi.Tests;

/// <summary>What becomes of the bytes that a script answers with: all at once, and in pieces that go out as they come.</summary>
public sealed class AnswerTests
{
    [Theory]
    [InlineData("Content-Length: 3\n\nabc", 3L, "abc")]
    [InlineData("Content-Length: 0\n\n", 0L, "")]
    [InlineData("Content-Length: 3\n\nabcdef", 3L, "abc")]
    [InlineData("Content-Length: 0\n\nabc", 0L, "")]
    public async Task Invoke_ContentLength_IsKeptAndWhatIsBehindItIsCut(string output, long length, string body)
    {
        foreach (var piece in (int[])[1, 1000])
        {
            await using var rig = await Rig.CreateAsync(output, piece);
            var response = await rig.SendAsync(TestHttpContext.Get("/a.sh"));
            Assert.Equal((200, length, body), (response.StatusCode, response.ContentLength, response.BodyText));
            Assert.Equal(output.Length - output.IndexOf("\n\n", StringComparison.Ordinal) - 2 > length, rig.Logs("behind the end of its answer"));
        }
    }

    [Theory]
    [InlineData("/a.sh", "Content-Length: 5\n\nabc", "its body ended after 3 of 5 bytes")]
    [InlineData("/nph-a.sh", "HTTP/1.0 200 OK\nContent-Length: 5\n\nabc", "its body ended after 3 of 5 bytes")]
    [InlineData("/nph-a.sh", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", "its chunked body ended before the last chunk")]
    [InlineData("/nph-a.sh", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nX", "not in the chunked coding")]
    public async Task Invoke_BodyBreaksOff_Is502OrTheConnectionIsCut(string target, string output, string reason)
    {
        await using (var rig = await Rig.CreateAsync(output))
        {
            Assert.Equal(502, (await rig.SendAsync(TestHttpContext.Get(target))).StatusCode);
            Assert.True(rig.Logs("bad answer: " + reason) || rig.Logs(reason));
        }

        await using (var rig = await Rig.CreateAsync(output, piece: 1))
        {
            // Something of it has been sent: the client must not take it for all.
            await Assert.ThrowsAsync<IOException>(() => rig.SendAsync(TestHttpContext.Get(target)));
            Assert.True(rig.Logs(reason));
        }
    }

    [Theory]
    [InlineData("A: b\n\nabc", "/a.sh", true)]
    [InlineData("HTTP/1.0 200 OK\n\nabc", "/nph-a.sh", true)]
    [InlineData("Content-Length: 3\n\nabc", "/a.sh", false)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", "/nph-a.sh", false)]
    public async Task Invoke_KilledBySignal_IsWholeWhereItSaidHowLongItIsOnly(string output, string target, bool isBroken)
    {
        foreach (var piece in (int[])[0, 1])
        {
            await using var rig = await Rig.CreateAsync(output, piece, exit: new ProcessExit(null, 11));
            if (isBroken && piece > 0)
            {
                await Assert.ThrowsAsync<IOException>(() => rig.SendAsync(TestHttpContext.Get(target)));
            }
            else
            {
                var response = await rig.SendAsync(TestHttpContext.Get(target));
                Assert.Equal(isBroken ? (502, false) : (200, true), (response.StatusCode, response.BodyText == "abc"));
            }

            Assert.Equal(isBroken, rig.Logs("its answer broke off: it was killed by signal 11 (SIGSEGV)"));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(255)]
    public async Task Invoke_ExitStatus_SaysNothingOfTheAnswer(int status)
    {
        await using var rig = await Rig.CreateAsync("A: b\n\nabc", exit: new ProcessExit(status));
        Assert.Equal("abc", (await rig.SendAsync(TestHttpContext.Get("/a.sh"))).BodyText);
    }

    [Fact]
    public async Task Invoke_EndlessOutputBehindTheEnd_IsKilledAndTheAnswerIsWhole()
    {
        await using var rig = await Rig.CreateAsync("Content-Length: 3\n\nabc" + new string('x', 200_000), piece: 10_000);
        var response = await rig.SendAsync(TestHttpContext.Get("/a.sh"));
        Assert.Equal((200, "abc"), (response.StatusCode, response.BodyText));
        await rig.Terminated;
        Assert.True(rig.Logs("killed, it wrote more than 65536 bytes behind the end of its answer"));
    }

    [Theory]
    [InlineData("204 No Content", 204)]
    [InlineData("304 Not Modified", 304)]
    [InlineData("205 Reset", 205)]
    public async Task Invoke_StatusWithoutBody_ThrowsWhatIsWrittenAway(string status, int expected)
    {
        await using var rig = await Rig.CreateAsync($"Status: {status}\nETag: \"x\"\nContent-Length: 7\n\nabc");
        var response = await rig.SendAsync(TestHttpContext.Get("/a.sh"));
        Assert.Equal((expected, 0L, "\"x\""), (response.StatusCode, response.BytesWritten, response.Headers["ETag"].ToString()));
    }

    [Theory]
    [InlineData("A: b\nContent-Length: 10\n\n", 10L)]
    [InlineData("A: b\nContent-Length: 10\n\nabc", 10L)]
    [InlineData("A: b\n\nabc", 3L)]
    public async Task Invoke_Head_KeepsTheLengthAndDropsTheBody(string output, long length)
    {
        await using var rig = await Rig.CreateAsync(output);
        var response = await rig.SendAsync(TestHttpContext.Head("/a.sh"));
        Assert.Equal((200, 0, length), (response.StatusCode, response.BodyBytes.Length, response.ContentLength));
    }

    [Theory]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Type: text/x\r\n\r\nabc", 200, "abc")]
    [InlineData("HTTP/1.1 200 OK\nContent-Type: text/x\n\nabc", 200, "abc")]
    [InlineData("HTTP/1.1 201 Made\r\nContent-Type: text/x\nContent-Length: 3\r\n\r\nabc", 201, "abc")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: text/x\r\nContent-Length: 3\r\n\r\nabcdef", 200, "abc")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: text/x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n2\r\nbc\r\n0\r\n\r\n", 200, "abc")]
    [InlineData("HTTP/1.1 404 Gone\r\nContent-Type: text/x\r\nConnection: close\r\nKeep-Alive: timeout=1\r\n\r\nabc", 404, "abc")]
    public async Task Invoke_NonParsedHeaders_IsTheScriptsAnswerInTheServersFraming(string output, int status, string body)
    {
        foreach (var piece in (int[])[1, 1000])
        {
            await using var rig = await Rig.CreateAsync(output, piece);
            var response = await rig.SendAsync(TestHttpContext.Get("/nph-a.sh"));
            Assert.Equal((status, body, "text/x"), (response.StatusCode, response.BodyText, response.Headers["Content-Type"].ToString()));
            Assert.False(response.Headers.Contains("Transfer-Encoding") || response.Headers.Contains("Keep-Alive") || response.ClosesConnection);
        }
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", 10L)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", null)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", 3L)]
    public async Task Invoke_NonParsedHeadersOfHead_HasNoBody(string output, long? length)
    {
        await using var rig = await Rig.CreateAsync(output);
        var response = await rig.SendAsync(TestHttpContext.Head("/nph-a.sh"));
        Assert.Equal((200, 0, length ?? 0), (response.StatusCode, response.BodyBytes.Length, response.ContentLength ?? 0));
    }

    [Theory]
    [InlineData("Content-Type: text/plain\n\nabc", "does not begin with the status line")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\n\r\n", "is none between 200 and 599")]
    [InlineData("HTTP/1.1 200 OK\r\nbroken\r\n\r\n", "not \"Name: value\"")]
    [InlineData("HTTP/1.1 200 OK\r\n", "its output ended before the header block did")]
    [InlineData("", "it ended without any output")]
    public async Task Invoke_NonParsedHeadersBroken_Is502AndTheLogSaysWhy(string output, string reason)
    {
        await using var rig = await Rig.CreateAsync(output);
        Assert.Equal(502, (await rig.SendAsync(TestHttpContext.Get("/nph-a.sh"))).StatusCode);
        Assert.True(rig.Logs(reason));
    }

    [Theory]
    [InlineData(NonParsedHeaders.Always, "/a.sh", true)]
    [InlineData(NonParsedHeaders.ByName, "/nph-a.sh", true)]
    [InlineData(NonParsedHeaders.ByName, "/a.sh", false)]
    [InlineData(NonParsedHeaders.ByName, "/a.sh/nph-b.sh", false)]
    [InlineData(NonParsedHeaders.Never, "/nph-a.sh", false)]
    public async Task Invoke_NonParsedHeadersOption_SaysWhichScriptsThoseAre(NonParsedHeaders option, string target, bool expected)
    {
        await using var rig = await Rig.CreateAsync("HTTP/1.1 299 Non-parsed\r\n\r\n", configure: options => options.NonParsedHeaders = option);
        Assert.Equal(expected ? 299 : 502, (await rig.SendAsync(TestHttpContext.Get(target))).StatusCode);
    }

    [Theory]
    [InlineData("Content-Length: 5\n\nabc", null, "its body ended after 3 of 5 bytes")]
    [InlineData("A: b\n\nabc", 9, "its answer broke off: it was killed by signal 9 (SIGKILL)")]
    public async Task Invoke_LeftOpenBeforeTheBodyIsWhole_IsNoWholeAnswer(string text, int? signal, string reason)
    {
        // The script has ended; what it left behind holds its output open and says nothing.
        using var output = new StallingStream(Encoding.Latin1.GetBytes(text));
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        await using var rig = await Rig.CreateAsync("", stream: output, time: time, exit: new ProcessExit(signal is null ? 0 : null, signal));
        var request = rig.SendAsync(TestHttpContext.Get("/a.sh"));
        while (!request.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await Assert.ThrowsAsync<IOException>(() => request);
        Assert.True(rig.Logs(reason));
    }

    private sealed class Rig : IAsyncDisposable
    {
        private readonly ScriptSite _site;
        private readonly Stream _output;
        private readonly TaskCompletionSource _terminated;

        private Rig(ScriptSite site, Stream output, TaskCompletionSource terminated) => (_site, _output, _terminated) = (site, output, terminated);

        public Task Terminated => _terminated.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        public static async Task<Rig> CreateAsync(
            string output, int piece = 0, Action<CgiOptions>? configure = null, Stream? stream = null, TimeProvider? time = null, ProcessExit exit = default)
        {
            var bytes = Encoding.Latin1.GetBytes(output);
            stream ??= piece == 0 ? new MemoryStream(bytes) : new PieceStream(bytes, piece);
            var terminated = new TaskCompletionSource();
            var process = new Mock<IScriptProcess>();
            process.SetupGet(static p => p.StandardInput).Returns(Stream.Null);
            process.SetupGet(static p => p.StandardOutput).Returns(stream);
            process.SetupGet(static p => p.StandardError).Returns(Stream.Null);
            process.SetupGet(static p => p.Exited).Returns(Task.CompletedTask);
            process.Setup(static p => p.FindExit()).Returns(exit);
            process.Setup(static p => p.Signal(ScriptSignal.Terminate)).Returns(false).Callback(() => terminated.TrySetResult());
            var runner = new Mock<IProcessRunner>();
            runner.Setup(static r => r.Start(It.IsAny<ProcessStart>())).Returns(process.Object);
            var site = await ScriptSite.CreateAsync(configure, time, services => services.AddSingleton(runner.Object));
            site.Write("a.sh", "");
            site.Write("nph-a.sh", "");
            return new Rig(site, stream, terminated);
        }

        public Task<TestHttpResponse> SendAsync(TestHttpContext context) => _site.SendAsync(context);

        public bool Logs(string text) => _site.Log.Any(line => line.Contains(text, StringComparison.Ordinal));

        public async ValueTask DisposeAsync()
        {
            await _site.DisposeAsync();
            await _output.DisposeAsync();
        }
    }
}
