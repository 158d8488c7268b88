using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Moq;
using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;
using Webserv.Abstractions.Plugins;
using Webserv.Testing.Http;
using Webserv.Testing.Pipeline;

namespace Webserv.Testing.Tests;

public sealed class TestPipelineTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SendAsync_TwoPlugins_RunInOrderWhereTheyApply()
    {
        var clock = new FakeTimeProvider();
        await using var pipeline = new TestPipeline(clock);
        await pipeline.LoadAsync<StampPlugin>(cancellation: Cancellation);
        await pipeline.LoadAsync<TextPlugin>(cancellation: Cancellation);
        await pipeline.UseAsync("Stamp", cancellation: Cancellation);
        await pipeline.UseAsync<TextOptions>("Text", options => options.Text = "a", new TestPipelineEntry { MatchPath = "/a/*" }, Cancellation);
        await pipeline.UseAsync<TextOptions>("text", options => options.Text = "b", cancellation: Cancellation);

        clock.Advance(TimeSpan.FromSeconds(7));
        var context = TestHttpContext.Get("/a/x");
        var response = await pipeline.SendAsync(context, Cancellation);
        Assert.Equal(("a", "7"), (response.BodyText, response.Headers["X-Seconds"].ToString()));
        Assert.Equal(["Stamp", "Text"], context.Visited);
        Assert.Equal("b", (await pipeline.SendAsync(TestHttpContext.Get("/other"), Cancellation)).BodyText);
        Assert.Equal(2, pipeline.Log.Entries.Count(entry => entry.Message == "stamped"));
    }

    [Fact]
    public async Task UseAsync_NameOfNobody_NamesWhatThereIs()
    {
        await using var pipeline = new TestPipeline();
        await pipeline.LoadAsync<StampPlugin>(cancellation: Cancellation);
        await pipeline.LoadAsync<TextPlugin>(cancellation: Cancellation);
        var exception = await Assert.ThrowsAsync<ArgumentException>(() => pipeline.UseAsync("Nobody", cancellation: Cancellation));
        Assert.Contains("only Stamp, Text", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UseAsync_EntryLeftOut_StandsWhereItIs()
    {
        IPipelineEntry? seen = null;
        await using var pipeline = new TestPipeline { VirtualServer = new TestVirtualServer { Name = "main", Root = "/srv" } };
        await pipeline.LoadAsync<TextPlugin>(services => services.AddSingleton<Action<IPipelineEntry>>(entry => seen = entry), Cancellation);
        pipeline.Use("first", Mock.Of<IMiddleware>());
        await pipeline.UseAsync<TextOptions>("Text", options => options.Text = "x", cancellation: Cancellation);
        Assert.Equal(("Text", "main", "/srv", "Webserv:VirtualServers:0:Pipeline:1"), (seen?.Name, seen?.VirtualServer, seen?.Root, seen?.ConfigurationPath));
    }

    [Theory]
    [InlineData("text/plain", "404 Not Found\n")]
    [InlineData("application/json", "\"status\":404")]
    [InlineData("text/html", "<h1>404</h1>")]
    public async Task SendAsync_NobodyAnswers_GetsTheServersPage(string accept, string expected)
    {
        await using var pipeline = new TestPipeline();
        var response = await pipeline.SendAsync(TestHttpContext.Get("/").WithHeader("Accept", accept), Cancellation);
        Assert.Equal(404, response.StatusCode);
        Assert.Contains(expected, response.BodyText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SendAsync_ExceptionOfAMiddleware_Is500AndRemembered()
    {
        await using var pipeline = new TestPipeline();
        pipeline.Use("fails", (_, _, _) => throw new NotSupportedException("oops"));
        var response = await pipeline.SendAsync(TestHttpContext.Get("/").WithHeader("Accept", "text/plain"), Cancellation);
        Assert.Equal((500, "500 Internal Server Error\n"), (response.StatusCode, response.BodyText));
        Assert.Equal("oops", Assert.IsType<NotSupportedException>(Assert.Single(pipeline.Failures)).Message);
    }

    [Fact]
    public async Task SendAsync_ConfiguredPage_AnswersWithTheStatusOfTheError()
    {
        await using var pipeline = new TestPipeline { ErrorPages = { [403] = "/errors/403?x=1" } };
        pipeline.Use("pages", Page, "/errors/*");
        pipeline.Use("refuses", (_, _, _) => throw new HttpException(403) { Headers = { ["X-Why"] = "because" } });
        var context = TestHttpContext.Put("/secret").WithBody("body").WithHeader("If-None-Match", "*");
        var response = await pipeline.SendAsync(context, Cancellation);
        Assert.Equal((403, "GET /errors/403 x=1 "), (response.StatusCode, response.BodyText));
        Assert.False(response.Headers.Contains("ETag"));
        Assert.Equal("because", response.Headers["X-Why"].ToString());
        Assert.Equal(["refuses", "pages"], context.Visited);
        Assert.Empty(pipeline.Failures);

        static Task Page(IHttpContext context, RequestDelegate next, CancellationToken cancellation)
        {
            var request = context.Request;
            context.Response.Headers["ETag"] = "\"page\"";
            return context.Response.WriteTextAsync($"{request.Method} {request.Path} {request.Query} {request.Headers["If-None-Match"]}", cancellation: cancellation);
        }
    }

    [Theory]
    [InlineData("/status", 404, "404 text/html; charset=utf-8")]
    [InlineData("/exception", 500, "500 text/html; charset=utf-8")]
    [InlineData("/redirect", 404, "404 text/html; charset=utf-8")]
    [InlineData("/callback", 500, "500 text/html; charset=utf-8")]
    public async Task SendAsync_AnswerBecomesAnError_RunsItsCallbacksAllTheSame(string path, int status, string seen)
    {
        await using var pipeline = new TestPipeline();
        pipeline.Use("filter", (context, next, cancellation) =>
        {
            context.Response.OnStarting(() =>
            {
                context.Response.Headers.Append("X-Filter", $"{context.Response.StatusCode} {context.Response.Headers[Fields.ContentType]}");
                return Task.CompletedTask;
            });
            return next(context, cancellation);
        });
        pipeline.Use("status", (_, _, _) => throw new HttpException(404), "/status");
        pipeline.Use("exception", (_, _, _) => throw new NotSupportedException(), "/exception");
        pipeline.Use("redirect", (context, _, cancellation) => context.GetFeature<ILocalRedirectFeature>()!.RedirectAsync("/status", cancellation), "/redirect");
        pipeline.Use(
            "callback",
            (context, _, _) =>
            {
                context.Response.OnStarting(() => throw new NotSupportedException());
                throw new HttpException(404);
            },
            "/callback");
        var response = await pipeline.SendAsync(TestHttpContext.Get(path).WithHeader("Accept", "text/html"), Cancellation);
        Assert.Equal((status, seen), (response.StatusCode, response.Headers["X-Filter"].ToString()));
        Assert.Contains($"<h1>{status}</h1>", response.BodyText, StringComparison.Ordinal);
        Assert.Equal(path is "/exception" or "/callback" ? 1 : 0, pipeline.Failures.Count);
    }

    [Fact]
    public async Task SendAsync_ConfiguredPageThatFails_IsTheServersPage()
    {
        await using var pipeline = new TestPipeline { ErrorPages = { [404] = "/missing", [410] = "/broken" } };
        pipeline.Use("broken", (_, _, _) => throw new NotSupportedException(), "/broken");
        pipeline.Use("gone", (_, _, _) => throw new HttpException(410), "/gone");
        Assert.Contains("<h1>404</h1>", (await pipeline.SendAsync(TestHttpContext.Get("/"), Cancellation)).BodyText, StringComparison.Ordinal);
        Assert.Contains("<h1>410</h1>", (await pipeline.SendAsync(TestHttpContext.Get("/gone"), Cancellation)).BodyText, StringComparison.Ordinal);
        Assert.Single(pipeline.Failures);
    }

    [Fact]
    public async Task SendAsync_FailureBehindTheStart_CutsTheResponse()
    {
        await using var pipeline = new TestPipeline();
        pipeline.Use("half", async (context, _, cancellation) =>
        {
            await context.Response.Body.WriteAsync("half"u8.ToArray(), cancellation);
            await context.Response.Body.FlushAsync(cancellation);
            throw new HttpException(404);
        });
        var response = await pipeline.SendAsync(TestHttpContext.Get("/"), Cancellation);
        Assert.Equal((true, 200, "half"), (response.IsCut, response.StatusCode, response.BodyText));
        Assert.Equal("200 OK\n\nhalf(cut)", response.ToString());
    }

    [Fact]
    public async Task SendAsync_LocalRedirect_GoesThroughThePipelineAgain()
    {
        await using var pipeline = new TestPipeline();
        pipeline.Use("from", (context, _, cancellation) => context.GetFeature<ILocalRedirectFeature>()!.RedirectAsync("/to", cancellation), "/from");
        pipeline.Use("to", (context, _, cancellation) => context.Response.WriteTextAsync(context.Request.Method, cancellation: cancellation), "/to");
        pipeline.Use("round", (context, _, cancellation) => context.GetFeature<ILocalRedirectFeature>()!.RedirectAsync("/round", cancellation), "/round");
        Assert.Equal("GET", (await pipeline.SendAsync(TestHttpContext.Post("/from").WithBody("x"), Cancellation)).BodyText);
        Assert.Equal(500, (await pipeline.SendAsync(TestHttpContext.Get("/round"), Cancellation)).StatusCode);
    }

    [Fact]
    public async Task WithDisconnect_BodyReadFurther_ThrowsCancelsAndCuts()
    {
        var token = CancellationToken.None;
        var read = 0;
        await using var pipeline = new TestPipeline();
        pipeline.Use("reads", async (context, _, cancellation) =>
        {
            token = cancellation;
            var buffer = new byte[3];
            while (await context.Request.Body.ReadAsync(buffer, cancellation) is > 0 and var count)
            {
                read += count;
            }
        });
        var context = TestHttpContext.Put("/").WithBody(new byte[10]).WithDisconnect(7);
        var response = await pipeline.SendAsync(context, Cancellation);
        Assert.Equal((7, true, true, true), (read, response.IsCut, context.ClientIsGone, token.IsCancellationRequested));
        Assert.Empty(pipeline.Failures);
        Assert.Equal(0, response.BytesWritten);
    }

    [Fact]
    public async Task WithDisconnect_BehindTheBody_DoesNothing()
    {
        var context = TestHttpContext.Put("/").WithBody("0123456789").WithDisconnect(10);
        var response = await context.SendAsync(
            async (current, cancellation) => await current.Request.Body.CopyToAsync(current.Response.Body, cancellation), Cancellation);
        Assert.Equal((false, "0123456789"), (response.IsCut, response.BodyText));
    }

    [Fact]
    public async Task WithFailingWrite_MoreIsWritten_ThrowsCancelsAndCuts()
    {
        Exception? first = null, second = null;
        var token = CancellationToken.None;
        var context = TestHttpContext.Get("/").WithFailingWrite(5);
        var response = await context.SendAsync(
            async (current, cancellation) =>
            {
                token = cancellation;
                await current.Response.Body.WriteAsync("0123"u8.ToArray(), CancellationToken.None);
                first = await Record.ExceptionAsync(async () => await current.Response.Body.WriteAsync("4567"u8.ToArray(), CancellationToken.None));
                second = await Record.ExceptionAsync(async () => await current.Response.Body.WriteAsync("8"u8.ToArray(), CancellationToken.None));
            },
            Cancellation);
        Assert.IsType<IOException>(first);
        Assert.IsType<IOException>(second);
        Assert.Equal(("01234", true, true), (response.BodyText, response.IsCut, token.IsCancellationRequested));
    }

    private sealed class StampPlugin : IPlugin
    {
        public void Configure(IPluginBuilder builder) => builder.AddMiddleware<StampMiddleware>("Stamp");
    }

    private sealed class StampMiddleware(TimeProvider time, ILogger<StampMiddleware> logger) : IMiddleware
    {
        private readonly DateTimeOffset _start = time.GetUtcNow();

        public Task InvokeAsync(IHttpContext context, RequestDelegate next, CancellationToken cancellation)
        {
#pragma warning disable CA1848 // A test.
            logger.LogInformation("stamped");
#pragma warning restore CA1848
            context.Response.Headers["X-Seconds"] = (time.GetUtcNow() - _start).TotalSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
            return next(context, cancellation);
        }
    }

    private sealed class TextPlugin : IPlugin
    {
        public void Configure(IPluginBuilder builder)
        {
            builder.Services.AddSingleton<Action<IPipelineEntry>>(static _ => { });
            builder.AddMiddleware<TextMiddleware, TextOptions, TextValidator>("Text");
        }
    }

    private sealed class TextOptions
    {
        public string Text { get; set; } = "";
    }

    private sealed class TextValidator : IValidateOptions<TextOptions>
    {
        public ValidateOptionsResult Validate(string? name, TextOptions options) => ValidateOptionsResult.Success;
    }

    private sealed class TextMiddleware : IMiddleware
    {
        private readonly string _text;

        public TextMiddleware(IOptions<TextOptions> options, IPipelineEntry entry, Action<IPipelineEntry> tell)
        {
            _text = options.Value.Text;
            tell(entry);
        }

        public Task InvokeAsync(IHttpContext context, RequestDelegate next, CancellationToken cancellation) =>
            context.Response.WriteTextAsync(_text, cancellation: cancellation);
    }
}
