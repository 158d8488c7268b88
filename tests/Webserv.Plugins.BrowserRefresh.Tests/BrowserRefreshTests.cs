using System.Text.RegularExpressions;
using Microsoft.Extensions.Time.Testing;
using Webserv.Abstractions.Http;
using Webserv.Testing.Http;
using Webserv.Testing.Pipeline;
using Webserv.Testing.Plugins;

namespace Webserv.Plugins.BrowserRefresh.Tests;

public sealed class BrowserRefreshTests
{
    private const string Page = "<!doctype html><title>x</title><p>hello";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null, "/a/b", "/.webserv/refresh.js")]
    [InlineData("/app/*", "/app/a", "/app/.webserv/refresh.js")]
    [InlineData("/a b&/*", "/a%20b%26/c", "/a%20b&amp;/.webserv/refresh.js")]
    public async Task Page_Html_GetsTheScriptOfItsPlace(string? match, string target, string script)
    {
        await using var host = await StartAsync(match: match);
        var response = await host.SendAsync(Browse(target).WithNext(Answer(Page)), Cancellation);
        Assert.Matches($"^{Regex.Escape(Page)}\n<script async src=\"{Regex.Escape(script)}\\?[0-9a-f]{{12}}-1-0\"></script>\n$", response.BodyText);
        Assert.Equal(response.BodyBytes.Length, response.ContentLength);
        Assert.Equal("no-store", response.Headers[Fields.CacheControl].ToString());
        Assert.False(response.Headers.Contains(Fields.ETag) || response.Headers.Contains(Fields.LastModified) || response.Headers.Contains(Fields.AcceptRanges));
    }

    [Fact]
    public async Task Page_Streamed_GoesOutAsItIsWritten()
    {
        await using var host = await StartAsync();
        var seen = new List<string>();
        var context = Browse("/");
        context.WithNext(async (c, cancellation) =>
        {
            c.Response.Headers[Fields.ContentType] = "text/html";
            foreach (var piece in (string[])["<p>1", "<p>2"])
            {
                await c.Response.Body.WriteAsync(System.Text.Encoding.ASCII.GetBytes(piece), cancellation);
                await c.Response.Body.FlushAsync(cancellation);
                seen.Add(context.Response.BodyText);
            }
        });
        var response = await host.SendAsync(context, Cancellation);
        Assert.Equal(["<p>1", "<p>1<p>2"], seen);
        Assert.StartsWith("<p>1<p>2\n<script", response.BodyText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_File_IsSentAsAFileWithTheScriptBehindIt()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, Page, Cancellation);
        try
        {
            await using var host = await StartAsync();
            var response = await host.SendAsync(
                Browse("/").WithNext((context, cancellation) =>
                {
                    context.Response.Headers[Fields.ContentType] = "text/html";
                    return context.Response.SendFileAsync(file, 0, null, cancellation);
                }),
                Cancellation);
            Assert.Equal(file, Assert.Single(response.SentFiles).Path);
            Assert.StartsWith(Page + "\n<script", response.BodyText, StringComparison.Ordinal);
            Assert.Equal(response.BodyBytes.Length, response.ContentLength);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Page_Head_HasTheLengthOfGet(bool writes)
    {
        await using var host = await StartAsync();
        var get = await host.SendAsync(Browse("/").WithNext(Answer(Page)), Cancellation);
        var head = await host.SendAsync(
            Browse("/", HttpMethods.Head).WithNext(writes ? Answer(Page) : (context, _) =>
            {
                context.Response.Headers[Fields.ContentType] = "text/html";
                context.Response.ContentLength = Page.Length;
                return Task.CompletedTask;
            }),
            Cancellation);
        Assert.Equal((200, get.ContentLength, ""), (head.StatusCode, head.ContentLength, head.BodyText));
    }

    [Theory]
    [InlineData(200, Fields.ContentType, "text/plain")]
    [InlineData(200, Fields.ContentType, "text/html; charset=utf-16")]
    [InlineData(200, Fields.ContentEncoding, "br")]
    [InlineData(200, Fields.CacheControl, "public, no-transform")]
    [InlineData(200, Fields.ContentDisposition, "attachment; filename=a.html")]
    [InlineData(206, Fields.ContentRange, "bytes 0-38/100")]
    [InlineData(302, Fields.Location, "/x")]
    public async Task Answer_ThatIsNoWholePage_StaysAsItIs(int status, string field, string value)
    {
        await using var host = await StartAsync();
        var response = await host.SendAsync(Browse("/").WithNext(Answer(Page, status, (field, value))), Cancellation);
        Assert.Equal((status, Page, "\"tag\""), (response.StatusCode, response.BodyText, response.Headers[Fields.ETag].ToString()));
    }

    [Theory]
    [InlineData("Sec-Fetch-Dest", "empty")]
    [InlineData("Sec-Fetch-Dest", "script")]
    [InlineData("Accept", "*/*")]
    public async Task Answer_ToSomethingElseThanAPage_IsOnlyAskedForAgain(string field, string value)
    {
        await using var host = await StartAsync();
        var context = TestHttpContext.Get("/").WithHeader(field, value).WithHeader(Fields.IfNoneMatch, "\"tag\"");
        var response = await host.SendAsync(
            context.WithNext((c, cancellation) =>
            {
                Assert.Equal("\"tag\"", c.Request.Headers[Fields.IfNoneMatch].ToString());
                return Answer(Page, 200, (Fields.CacheControl, "max-age=3600"))(c, cancellation);
            }),
            Cancellation);
        Assert.Equal((Page, "\"tag\"", "no-cache"), (response.BodyText, response.Headers[Fields.ETag].ToString(), response.Headers[Fields.CacheControl].ToString()));
    }

    [Fact]
    public async Task Page_AskedForInPartsOrCompressedOrIfItChanged_IsAskedForWhole()
    {
        await using var host = await StartAsync();
        var context = Browse("/").WithHeader("Accept-Encoding", "br").WithHeader("If-None-Match", "\"tag\"").WithHeader("If-Modified-Since", "x")
            .WithHeader("Range", "bytes=0-1").WithHeader("If-Range", "\"tag\"").WithHeader("X-Other", "1");
        await host.SendAsync(
            context.WithNext((c, cancellation) =>
            {
                var fields = c.Request.Headers;
                Assert.Equal(["Accept", "X-Other"], fields.Select(field => field.Key).Where(name => name != "Host").Order());
                Assert.False(fields.Contains("range"));
                Assert.Equal((0, "1"), (fields["accept-encoding"].Count, fields["x-other"].ToString()));
                Assert.Equal(fields.ToArray().Length, fields.Count);
                return Answer(Page)(c, cancellation);
            }),
            Cancellation);
        Assert.True(context.NextWasCalled);
    }

    [Fact]
    public async Task Script_IsThere()
    {
        await using var host = await StartAsync();
        var context = TestHttpContext.Get("/.webserv/refresh.js?x");
        var response = await host.SendAsync(context, Cancellation);
        Assert.Equal("text/javascript; charset=utf-8", response.Headers[Fields.ContentType].ToString());
        Assert.Contains("new EventSource", response.BodyText, StringComparison.Ordinal);
        Assert.False(context.NextWasCalled);
    }

    [Fact]
    public async Task Events_OfWhatIsInPlace_WaitAndEndWithTheGeneration()
    {
        var time = new FakeTimeProvider();
        await using var host = await StartAsync(time);
        var context = TestHttpContext.Get("/.webserv/refresh?" + await FindVersionAsync(host));
        var events = host.SendAsync(context, Cancellation);
        Assert.Equal((false, ":\n\n", "text/event-stream"), (events.IsCompleted, context.Response.BodyText, context.Response.Headers[Fields.ContentType].ToString()));
        time.Advance(TimeSpan.FromSeconds(15));
        await WaitAsync(() => context.Response.BodyText == ":\n\n:\n\n");
        Assert.False(events.IsCompleted);
        context.Generation.Retire();

        // Nothing is said: the client asks again, and whoever answers then knows.
        Assert.Equal(":\n\n:\n\n", (await events).BodyText);
    }

    [Fact]
    public async Task Events_OfAnotherGeneration_TellAtOnce()
    {
        await using var host = await StartAsync();
        var version = await FindVersionAsync(host);
        var context = TestHttpContext.Get("/.webserv/refresh?" + version);
        context.Generation.Number = 2;
        Assert.Equal("data: changed\n\n", (await host.SendAsync(context, Cancellation)).BodyText);

        // The server was started anew, or the entry is another: the numbers may be the same.
        await using var other = await StartAsync();
        Assert.Equal("data: changed\n\n", (await other.SendAsync(TestHttpContext.Get("/.webserv/refresh?" + version), Cancellation)).BodyText);
    }

    [Fact]
    public async Task Events_ClientIsGone_End()
    {
        await using var host = await StartAsync();
        using var gone = new CancellationTokenSource();
        var events = host.SendAsync(TestHttpContext.Get("/.webserv/refresh?" + await FindVersionAsync(host)), gone.Token);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => events);
    }

    [Theory]
    [InlineData("style.css", true)]
    [InlineData("sub/page.html", true)]
    [InlineData(".git/index", false)]
    [InlineData("sub/.page.swp", false)]
    public async Task Events_FileChanges_TellUnlessItIsHidden(string name, bool isTold)
    {
        var root = Directory.CreateTempSubdirectory("webserv-refresh-").FullName;
        try
        {
            Directory.CreateDirectory(Path.Combine(root, "sub"));
            Directory.CreateDirectory(Path.Combine(root, ".git"));
            await using var host = await StartAsync(root: root);
            var context = TestHttpContext.Get("/.webserv/refresh?" + await FindVersionAsync(host));
            var events = host.SendAsync(context, Cancellation);
            await File.WriteAllTextAsync(Path.Combine(root, name), "x", Cancellation);
            if (!isTold)
            {
                // Notices come in order: there was none before this one, which is told.
                await File.WriteAllTextAsync(Path.Combine(root, "last"), "x", Cancellation);
            }

            Assert.Equal(":\n\ndata: changed\n\n", (await events.WaitAsync(TimeSpan.FromSeconds(20), Cancellation)).BodyText);
            var forgotten = ((Testing.Files.TestFileCache)host.Services.GetService(typeof(Abstractions.Files.IOpenFileCache))!).Invalidated;
            Assert.Equal(isTold, forgotten.Contains(Path.Combine(root, name)));
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    [Fact]
    public async Task Error_WithoutAPage_IsAskedForAgain()
    {
        await using var host = await StartAsync();
        var missing = await host.SendAsync(Browse("/"), Cancellation);
        var refused = await host.SendAsync(Browse("/").WithNext((_, _) => throw new HttpException(503)), Cancellation);
        Assert.Equal((404, "2"), (missing.StatusCode, missing.Headers["Refresh"].ToString()));
        Assert.Equal((503, "2"), (refused.StatusCode, refused.Headers["Refresh"].ToString()));
    }

    [Fact]
    public async Task Exception_OnTheSameMachine_IsShown()
    {
        await using var pipeline = await FailingAsync(_ => { });
        var response = await pipeline.SendAsync(Browse("/x").WithRemoteAddress(System.Net.IPAddress.Loopback), Cancellation);
        Assert.Equal(500, response.StatusCode);
        Assert.Contains("<h1>&lt;b&gt;</h1>", response.BodyText, StringComparison.Ordinal);
        Assert.Contains("GET /x failed", response.BodyText, StringComparison.Ordinal);
        Assert.Contains("BrowserRefreshTests", response.BodyText, StringComparison.Ordinal);
        Assert.Contains("<script async src=\"/.webserv/refresh.js?", response.BodyText, StringComparison.Ordinal);
        Assert.DoesNotContain("half", response.BodyText, StringComparison.Ordinal);
        Assert.Equal(response.BodyBytes.Length, response.ContentLength);
        Assert.Contains(pipeline.Log.Entries, entry => entry.Exception is InvalidOperationException);
    }

    [Theory]
    [InlineData("192.0.2.1", true)]
    [InlineData("127.0.0.1", false)]
    public async Task Exception_ElsewhereOrWhereItIsSwitchedOff_IsTheServers(string client, bool shows)
    {
        await using var pipeline = await FailingAsync(options => options.ShowExceptions = shows);
        var response = await pipeline.SendAsync(Browse("/x").WithRemoteAddress(System.Net.IPAddress.Parse(client)), Cancellation);
        Assert.Equal(500, response.StatusCode);
        Assert.DoesNotContain("&lt;b&gt;", response.BodyText, StringComparison.Ordinal);
        Assert.IsType<InvalidOperationException>(Assert.Single(pipeline.Failures));
    }

    [Theory]
    [InlineData("")]
    [InlineData("refresh")]
    [InlineData("/")]
    [InlineData("//a")]
    [InlineData("/a/../b")]
    [InlineData("/a?b")]
    public async Task Validate_WrongPath_IsRefused(string path)
    {
        await using var host = await PluginHost.CreateAsync<BrowserRefreshPlugin>(cancellation: Cancellation);
        Assert.StartsWith("Path: ", Assert.Single(host.Validate<BrowserRefreshOptions>("BrowserRefresh", options => options.Path = path)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plugin_Unloaded_LeavesMemory()
    {
        var root = Directory.CreateTempSubdirectory("webserv-refresh-").FullName;
        try
        {
            await PluginUnload.AssertUnloadsAsync<BrowserRefreshPlugin>(
                async host =>
                {
                    await host.UseAsync("BrowserRefresh", new Dictionary<string, object?>(), new TestPipelineEntry { Root = root }, Cancellation);
                    var context = TestHttpContext.Get("/.webserv/refresh?" + await FindVersionAsync(host));
                    var events = host.SendAsync(context, Cancellation);
                    await File.WriteAllTextAsync(Path.Combine(root, "x"), "x", Cancellation);
                    await events.WaitAsync(TimeSpan.FromSeconds(20), Cancellation);
                },
                Cancellation);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    [Fact]
    public async Task Error_WithThePageOfTheServer_IsAskedForAgainAndWhole()
    {
        await using var pipeline = new TestPipeline();
        await pipeline.LoadAsync<BrowserRefreshPlugin>(cancellation: Cancellation);
        await pipeline.UseAsync<BrowserRefreshOptions>("BrowserRefresh", _ => { }, cancellation: Cancellation);
        pipeline.Use("refuses", (_, _, _) => throw new HttpException(503));
        var response = await pipeline.SendAsync(Browse("/"), Cancellation);
        Assert.Equal((503, "2"), (response.StatusCode, response.Headers["Refresh"].ToString()));
        Assert.DoesNotContain("<script", response.BodyText, StringComparison.Ordinal);
    }

    private static async Task<PluginHost> StartAsync(TimeProvider? time = null, string? match = null, string? root = null)
    {
        var host = await PluginHost.CreateAsync<BrowserRefreshPlugin>(timeProvider: time, cancellation: Cancellation);
        await host.UseAsync<BrowserRefreshOptions>("BrowserRefresh", _ => { }, new TestPipelineEntry { MatchPath = match, Root = root }, Cancellation);
        return host;
    }

    private static async Task<TestPipeline> FailingAsync(Action<BrowserRefreshOptions> configure)
    {
        var pipeline = new TestPipeline();
        await pipeline.LoadAsync<BrowserRefreshPlugin>(cancellation: Cancellation);
        await pipeline.UseAsync("BrowserRefresh", configure, cancellation: Cancellation);
        pipeline.Use("fails", async (context, _, cancellation) =>
        {
            await context.Response.WriteTextAsync("half", cancellation: cancellation);
            throw new InvalidOperationException("<b>");
        });
        return pipeline;
    }

    private static TestHttpContext Browse(string target, string method = "GET") => new TestHttpContext(method, target).WithHeader(Fields.Accept, "text/html,*/*;q=0.8");

    private static async Task<string> FindVersionAsync(PluginHost host)
    {
        var response = await host.SendAsync(Browse("/").WithNext(Answer(Page)), Cancellation);
        return Regex.Match(response.BodyText, @"refresh\.js\?([^""]+)").Groups[1].Value;
    }

    private static async Task WaitAsync(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Delay(5, Cancellation);
        }
    }

    private static Abstractions.Pipeline.RequestDelegate Answer(string text, int status = 200, (string Name, string Value)? field = null) =>
        (context, cancellation) =>
        {
            var fields = context.Response.Headers;
            context.Response.StatusCode = status;
            fields[Fields.ContentType] = "text/html; charset=utf-8";
            (fields[Fields.ETag], fields[Fields.LastModified], fields[Fields.AcceptRanges]) = ("\"tag\"", "Thu, 26 Nov 2026 21:00:00 GMT", "bytes");
            if (field is { } other)
            {
                fields[other.Name] = other.Value;
            }

            return context.Response.WriteTextAsync(text, cancellation: cancellation);
        };
}
