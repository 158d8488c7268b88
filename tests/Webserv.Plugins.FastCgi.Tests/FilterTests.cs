using System.Globalization;
using System.Text;
using Moq;
using Webserv.Abstractions.Files;
using Webserv.Abstractions.Http;
using Webserv.Plugins.Cgi.Tests.Fixtures;
using Webserv.Plugins.FastCgi.Protocol;
using Webserv.Plugins.FastCgi.Tests.Fixtures;
using Webserv.Testing.Http;
using Webserv.Testing.Plugins;

namespace Webserv.Plugins.FastCgi.Tests;

/// <summary>Programs that are sent a file and answer with what they make of it (FastCGI 1.0 section 6.4).</summary>
public sealed class FilterTests
{
    [Theory(Timeout = 20_000)]
    [InlineData(0, null)]
    [InlineData(5, null)]
    [InlineData(5, "the body")]
    [InlineData(300_000, null)]
    [InlineData(300_000, "the body")]
    public async Task Invoke_File_ArrivesBehindTheBodyWithItsLengthAndTime(int size, string? body)
    {
        FakeRequest? seen = null;
        await using var program = FakeProgram.Answering(request =>
        {
            seen = request;
            return "Content-Type: text/plain\n\n" + Encoding.Latin1.GetString(request.Body.ToArray()) + "|" + Encoding.Latin1.GetString(request.Data.ToArray()).ToUpperInvariant();
        });
        await using var site = await CreateAsync(program);
        var text = string.Concat(Enumerable.Range(0, size).Select(static i => (char)('a' + (i % 23))));
        var path = site.Write("d/a.shtml", text);
        File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch.AddSeconds(1_234_567_890.5));
        for (var round = 0; round < 2; round++)
        {
            // The second one on the same connection.
            var context = body is null ? TestHttpContext.Get("/d/a.shtml/info?q=1") : TestHttpContext.Post("/d/a.shtml/info?q=1").WithBody(body);
            var response = await site.SendAsync(context);
            Assert.True(response.StatusCode == 200, string.Join('\n', site.Log));
            Assert.Equal($"{body}|{text.ToUpperInvariant()}", response.BodyText);
            var variables = seen!.Variables;
            Assert.Equal(
                (3, $"{size}", "1234567890", path, "/info", body?.Length.ToString(CultureInfo.InvariantCulture)),
                (seen.Role, variables["FCGI_DATA_LENGTH"], variables["FCGI_DATA_LAST_MOD"], variables["SCRIPT_FILENAME"], variables["PATH_INFO"], variables.GetValueOrDefault("CONTENT_LENGTH")));
        }

        Assert.Equal(1, program.Connections);
    }

    [Fact(Timeout = 20_000)]
    public async Task Invoke_ChunkedBody_ComesBeforeTheFile()
    {
        await using var program = FakeProgram.Answering(static request => $"A: b\n\n{request.Variables["CONTENT_LENGTH"]} {request.Body.Length} {request.Data.Length}");
        await using var site = await CreateAsync(program);
        site.Write("a.shtml", "12345");
        await using var body = new PatternStream(200_000);
        Assert.Equal("200000 200000 5", (await site.SendAsync(TestHttpContext.Post("/a.shtml").WithBody(body, length: null))).BodyText);
    }

    [Fact(Timeout = 20_000)]
    public async Task Invoke_OtherFilesAndNone_GoOn()
    {
        await using var program = FakeProgram.Answering(static _ => "A: b\n\n");
        await using var site = await CreateAsync(program);
        site.Write("a.txt", "x");
        foreach (var target in (string[])["/a.txt", "/none.shtml", "/"])
        {
            var context = TestHttpContext.Get(target);
            await site.SendAsync(context);
            Assert.True(context.NextWasCalled);
        }

        Assert.Equal(0, program.Connections);
    }

    [Fact(Timeout = 20_000)]
    public async Task Invoke_ProgramAnswersWithoutTheFile_IsAnsweredAndTheNextHasItsOwn()
    {
        var answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var program = new FakeProgram(async (connection, number) =>
        {
            if (number == 0)
            {
                var begin = await connection.ReadAsync();
                await connection.AnswerAsync(begin!.Id, "Status: 304 Same\n\n");

                // Nothing more is read before: the file must not come to its end.
                await answered.Task;
                while (await connection.ReadAsync() is not null)
                {
                }

                return;
            }

            var request = await connection.ReadRequestAsync();
            await connection.AnswerAsync(request!.Id, $"A: b\n\n{request.Data.Length}");
        });
        await using var site = await CreateAsync(program);
        site.Write("a.shtml", new string('x', 20 << 20));
        Assert.Equal(304, (await site.GetAsync("/a.shtml")).StatusCode);
        answered.SetResult();
        Assert.Equal($"{20 << 20}", await site.GetTextAsync("/a.shtml"));
        Assert.Equal(2, program.Connections);
    }

    [Fact(Timeout = 20_000)]
    public async Task Invoke_KeptConnectionClosedMeanwhile_SendsTheWholeFileAgain()
    {
        await using var program = new FakeProgram(async (connection, number) =>
        {
            var request = await connection.ReadRequestAsync();
            await connection.AnswerAsync(request!.Id, $"A: b\n\n{request.Data.Length}");
            if (number == 0)
            {
                await connection.ReadRequestAsync(); // Takes it, and says nothing.
                connection.Dispose();
            }
            else
            {
                Assert.Null(await connection.ReadRequestAsync());
            }
        });
        await using var site = await CreateAsync(program);
        site.Write("a.shtml", new string('x', 100_000));
        Assert.Equal("100000", await site.GetTextAsync("/a.shtml"));
        Assert.Equal("100000", await site.GetTextAsync("/a.shtml"));
        Assert.Contains(site.Log, static line => line.Contains("tried again", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("abc")] // shorter than it was
    [InlineData(null)] // not to be opened as it was
    public async Task Read_FileHasChanged_Is503(string? content)
    {
        var file = Mock.Of<IFileEntry>(static entry => entry.Length == 10 && entry.PhysicalPath == "/a");
        await using var input = new FilterInput(null, file, _ => content is null ? throw new IOException("it is another one") : new MemoryStream(Encoding.ASCII.GetBytes(content)));
        var failure = await Assert.ThrowsAsync<HttpException>(() => input.CopyToAsync(Stream.Null, TestContext.Current.CancellationToken));
        Assert.Equal(503, failure.StatusCode);
    }

    [Fact]
    public async Task Options_WithoutExtensionsOrFiles_AreNamed()
    {
        await using var host = await PluginHost.CreateAsync<FastCgiPlugin>(cancellation: TestContext.Current.CancellationToken);
        var failures = host.Validate<FastCgiOptions>("FastCgi", static options => (options.Address, options.Role, options.CheckScriptExists) = ("a:1", ProgramRole.Filter, false));
        Assert.Equal(["Extensions", "CheckScriptExists"], failures.Select(static failure => failure.Split(':')[0]));
    }

    private static Task<GatewaySite> CreateAsync(FakeProgram program) =>
        GatewaySite.FastCgiAsync(program, static options => (options.Role, options.Extensions) = (ProgramRole.Filter, [".shtml"]));
}
