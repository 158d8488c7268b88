using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Webserv.Abstractions.Configuration;
using Webserv.Samples.NotesApi;
using Webserv.Testing.Http;
using Webserv.Testing.Pipeline;
using Webserv.Testing.Plugins;

namespace Webserv.Samples.Tests;

public sealed class NotesApiTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task InvokeAsync_NoteThroughItsLife_IsAnsweredWithTheRightStatuses()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
        await using var host = await StartAsync(clock: clock);
        var created = await SendAsync(host, Post("""{"title":"Äpfel","text":"<b>"}"""));
        Assert.Equal((201, "/api/notes/1", "\"1-1\""), (created.StatusCode, created.Headers["Location"].ToString(), created.Headers["ETag"].ToString()));
        using (var note = JsonDocument.Parse(created.BodyBytes))
        {
            Assert.Equal(["id", "title", "text", "changed", "version"], note.RootElement.EnumerateObject().Select(member => member.Name));
            Assert.Equal("Äpfel", note.RootElement.GetProperty("title").GetString());
            Assert.Equal("2026-01-02T03:04:05+00:00", note.RootElement.GetProperty("changed").GetString());
        }

        var got = await SendAsync(host, TestHttpContext.Get("/api/notes/1"));
        Assert.Equal((200, created.BodyText, "application/json"), (got.StatusCode, got.BodyText, got.Headers["Content-Type"].ToString()));
        Assert.Equal(304, (await SendAsync(host, TestHttpContext.Get("/api/notes/1").WithHeader("If-None-Match", "\"x\", W/\"1-1\""))).StatusCode);
        var head = await SendAsync(host, TestHttpContext.Head("/api/notes/1"));
        Assert.Equal((200, got.ContentLength, ""), (head.StatusCode, head.ContentLength, head.BodyText));

        var replaced = await SendAsync(host, Put("/api/notes/1", """{"title":"b","text":"c"}""").WithHeader("If-Match", "\"1-1\""));
        Assert.Equal((200, "\"1-2\""), (replaced.StatusCode, replaced.Headers["ETag"].ToString()));
        await AssertProblemAsync(host, Put("/api/notes/1", """{"title":"d","text":"e"}""").WithHeader("If-Match", "\"1-1\""), 412);
        await AssertProblemAsync(host, Put("/api/notes/1", """{"title":"d","text":"e"}""").WithHeader("If-Match", "W/\"1-2\""), 412);
        await AssertProblemAsync(host, TestHttpContext.Delete("/api/notes/1").WithHeader("If-Match", "\"1-1\""), 412);
        Assert.Equal("b", await TitlesAsync(host, "/api/notes"));
        Assert.Equal(204, (await SendAsync(host, TestHttpContext.Delete("/api/notes/1").WithHeader("If-Match", "*"))).StatusCode);
        await AssertProblemAsync(host, TestHttpContext.Delete("/api/notes/1"), 404);
        await AssertProblemAsync(host, Put("/api/notes/1", """{"title":"b","text":"c"}"""), 404);

        // An id is never given twice.
        Assert.Equal("/api/notes/2", (await SendAsync(host, Post("""{"title":"b","text":"c"}"""))).Headers["Location"].ToString());
    }

    [Fact]
    public async Task InvokeAsync_ManyNotes_ComeInPages()
    {
        await using var host = await StartAsync();
        for (var number = 1; number <= 101; number++)
        {
            await SendAsync(host, Post($$"""{"title":"{{number}}","text":""}"""));
        }

        await SendAsync(host, TestHttpContext.Delete("/api/notes/50"));
        using var first = JsonDocument.Parse((await SendAsync(host, TestHttpContext.Get("/api/notes"))).BodyBytes);
        Assert.Equal("/api/notes?after=51", first.RootElement.GetProperty("next").GetString());
        using var second = JsonDocument.Parse((await SendAsync(host, TestHttpContext.Get("/api/notes?after=51"))).BodyBytes);
        Assert.Equal(Enumerable.Range(52, 50), second.RootElement.GetProperty("notes").EnumerateArray().Select(note => note.GetProperty("id").GetInt32()));
        Assert.False(second.RootElement.TryGetProperty("next", out _));
        Assert.Equal("", await TitlesAsync(host, "/api/notes?after=9223372036854775807"));
        await AssertProblemAsync(host, TestHttpContext.Get("/api/notes?after=-1"), 400);
        await AssertProblemAsync(host, TestHttpContext.Get("/api/notes?before=1"), 400);
    }

    [Theory]
    [InlineData("""{"title":"a","text":"b","more":1}""", 400)]
    [InlineData("""{"title":"a","title":"a","text":"b"}""", 400)]
    [InlineData("""{"title":"a"}""", 400)]
    [InlineData("""{"title":"a","text":null}""", 400)]
    [InlineData("""{"title":1,"text":"b"}""", 400)]
    [InlineData("""{"title":"a","text":"b"} x""", 400)]
    [InlineData("null", 400)]
    [InlineData("[[[[[[", 400)]
    [InlineData("", 400)]
    [InlineData("""{"title":" ","text":"12345678901"}""", 422)]
    public async Task InvokeAsync_BodyThatIsNoNote_IsAProblem(string body, int status)
    {
        await using var host = await StartAsync(options => options.MaxTextLength = 10);
        using var problem = await AssertProblemAsync(host, Post(body), status);
        Assert.DoesNotContain("Webserv", problem.RootElement.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(status == 422 ? ["title", "text"] : [], problem.RootElement.TryGetProperty("errors", out var errors) ? errors.EnumerateObject().Select(error => error.Name) : []);
        Assert.Equal("", await TitlesAsync(host, "/api/notes"));
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData(null)]
    public async Task InvokeAsync_OtherMediaType_Is415(string? contentType)
    {
        await using var host = await StartAsync();
        await AssertProblemAsync(host, TestHttpContext.Post("/api/notes").WithBody("""{"title":"a","text":"b"}"""u8.ToArray(), contentType), 415);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task InvokeAsync_BodyTooLarge_Is413(bool isLengthKnown)
    {
        await using var host = await StartAsync(options => options.MaxBodySize = ByteSize.FromKilobytes(1));
        var body = new byte[1025];
        Array.Fill(body, (byte)' ');
        await AssertProblemAsync(host, TestHttpContext.Post("/api/notes").WithBody(new MemoryStream(body), "application/json", isLengthKnown ? body.Length : null), 413);
        """{"title":"a","text":"b"}"""u8.CopyTo(body);
        Assert.Equal(201, (await SendAsync(host, TestHttpContext.Post("/api/notes").WithBody(body[..1024], "application/json; charset=\"UTF-8\""))).StatusCode);
    }

    [Fact]
    public async Task InvokeAsync_StoreIsFull_Is507UntilThereIsRoom()
    {
        await using var host = await StartAsync(options => options.MaxNotes = 1);
        await SendAsync(host, Post("""{"title":"a","text":"b"}"""));
        await AssertProblemAsync(host, Post("""{"title":"b","text":"b"}"""), 507);
        await SendAsync(host, TestHttpContext.Delete("/api/notes/1"));
        Assert.Equal(201, (await SendAsync(host, Post("""{"title":"c","text":"b"}"""))).StatusCode);
    }

    [Fact]
    public async Task InvokeAsync_OtherMethodsAndPaths_AreRefused()
    {
        await using var host = await StartAsync();
        await SendAsync(host, Post("""{"title":"a","text":"b"}"""));
        var all = await SendAsync(host, TestHttpContext.Delete("/api/notes"));
        Assert.Equal((405, "GET, HEAD, POST, OPTIONS"), (all.StatusCode, all.Headers["Allow"].ToString()));
        var one = await SendAsync(host, Post("{}", "/api/notes/1"));
        Assert.Equal((405, "GET, HEAD, PUT, DELETE, OPTIONS"), (one.StatusCode, one.Headers["Allow"].ToString()));
        foreach (var path in (string[])["/api/notes/2", "/api/notes/x", "/api/notes/1/x", "/api/notes/+1", "/api/notes/99999999999999999999"])
        {
            await AssertProblemAsync(host, TestHttpContext.Get(path), 404);
        }
    }

    [Fact]
    public async Task Validate_EveryMistake_IsReported()
    {
        await using var host = await PluginHost.CreateAsync<NotesApiPlugin>(cancellation: Cancellation);
        var failures = host.Validate<NotesApiOptions>("NotesApi", options => (options.MaxNotes, options.MaxTextLength, options.MaxBodySize) = (0, 0, 0L));
        Assert.Equal(["MaxNotes", "MaxTextLength", "MaxBodySize"], failures.Select(failure => failure[..failure.IndexOf(':', StringComparison.Ordinal)]));
    }

    [Fact]
    public async Task Plugin_Unloaded_LeavesMemory() =>
        await PluginUnload.AssertUnloadsAsync<NotesApiPlugin>(
            async host =>
            {
                await host.UseAsync("NotesApi", new TestPipelineEntry { MatchPath = "/api/notes/*" }, Cancellation);
                Assert.Equal(201, (await SendAsync(host, Post("""{"title":"a","text":"b"}"""))).StatusCode);
                Assert.Equal(400, (await SendAsync(host, Post("{"))).StatusCode);
                Assert.Equal("a", await TitlesAsync(host, "/api/notes"));
            },
            Cancellation);

    private static async Task<PluginHost> StartAsync(Action<NotesApiOptions>? configure = null, TimeProvider? clock = null)
    {
        var host = await PluginHost.CreateAsync<NotesApiPlugin>(timeProvider: clock, cancellation: Cancellation);
        await host.UseAsync("NotesApi", configure ?? (_ => { }), new TestPipelineEntry { MatchPath = "/api/notes/*" }, Cancellation);
        return host;
    }

    private static TestHttpContext Post(string json, string path = "/api/notes") => TestHttpContext.Post(path).WithBody(json, "application/json");

    private static TestHttpContext Put(string path, string json) => TestHttpContext.Put(path).WithBody(json, "application/json");

    private static Task<TestHttpResponse> SendAsync(PluginHost host, TestHttpContext context) => host.SendAsync(context, Cancellation);

    private static async Task<string> TitlesAsync(PluginHost host, string target)
    {
        using var page = JsonDocument.Parse((await SendAsync(host, TestHttpContext.Get(target))).BodyBytes);
        return string.Join(' ', page.RootElement.GetProperty("notes").EnumerateArray().Select(note => note.GetProperty("title").GetString()));
    }

    private static async Task<JsonDocument> AssertProblemAsync(PluginHost host, TestHttpContext context, int status)
    {
        var response = await SendAsync(host, context);
        Assert.Equal((status, "application/problem+json"), (response.StatusCode, response.Headers["Content-Type"].ToString()));
        var problem = JsonDocument.Parse(response.BodyBytes);
        Assert.Equal(status, problem.RootElement.GetProperty("status").GetInt32());
        return problem;
    }
}
