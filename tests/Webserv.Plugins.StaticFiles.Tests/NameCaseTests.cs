using Webserv.Abstractions.Http;
using Webserv.Testing.Http;
using Webserv.Testing.Pipeline;

namespace Webserv.Plugins.StaticFiles.Tests;

/// <summary>Paths that differ from the names on disk in upper and lower case: what other entries say of them, and what they cost.</summary>
public sealed class NameCaseTests
{
    [Theory]
    [InlineData("/admin/secret.txt")]
    [InlineData("/ADMIN/secret.txt")]
    [InlineData("/Admin/SECRET.TXT")]
    [InlineData("/ADMIN")]
    [InlineData("/aDMIN/")]
    public async Task Get_PathThatAnotherEntryGuards_IsTheOthersInEveryCase(string target)
    {
        await using var site = await CreateAsync(before: Guard);
        foreach (var method in new[] { "GET", "HEAD" })
        {
            var response = await site.SendThroughPipelineAsync(new TestHttpContext(method, target));
            Assert.Equal(401, response.StatusCode);
            Assert.DoesNotContain("secret", response.BodyText, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("/php/index.php")]
    [InlineData("/PHP/INDEX.PHP")]
    [InlineData("/php/Index.Php")]
    [InlineData("/PHP/INDEX.PHP?x=1")]
    public async Task Get_ScriptOfAnEntryThatLooksAtPathsItself_IsNotSent(string target)
    {
        await using var site = await CreateAsync(before: pipeline => pipeline.Use("Php", (context, next, cancellation) =>
            context.Request.Path.EndsWith(".php", StringComparison.Ordinal)
                ? context.Response.WriteTextAsync("run " + context.Request.Query, cancellation: cancellation)
                : next(context, cancellation)));
        Assert.Equal(target.EndsWith("x=1", StringComparison.Ordinal) ? "run x=1" : "run ", (await site.SendThroughPipelineAsync(TestHttpContext.Get(target))).BodyText);
    }

    [Fact]
    public async Task Get_FieldsOfEntriesBefore_AreThoseOfTheRealName()
    {
        await using var site = await CreateAsync(before: pipeline => pipeline.Use("Fields", (context, next, cancellation) =>
        {
            context.Response.Headers["X-Path"] = context.Request.Path;
            return next(context, cancellation);
        }));
        var response = await site.SendThroughPipelineAsync(TestHttpContext.Get("/A.TXT"));
        Assert.Equal((200, "0123456789", "/a.txt"), (response.StatusCode, response.BodyText, response.Headers["X-Path"].ToString()));
    }

    [Fact]
    public async Task Get_ConditionsAndRanges_HoldUnderTheOtherName()
    {
        await using var site = await CreateAsync();
        var tag = await site.GetTagAsync("/a.txt");
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(304, (await site.SendThroughPipelineAsync(TestHttpContext.Get("/A.TXT").WithHeader("If-None-Match", tag))).StatusCode);
            Assert.Equal(412, (await site.SendThroughPipelineAsync(TestHttpContext.Get("/A.TXT").WithHeader("If-Match", "\"other\""))).StatusCode);
            var part = await site.SendThroughPipelineAsync(TestHttpContext.Get("/A.TXT").WithHeader("Range", "bytes=2-4").WithHeader("If-Range", tag));
            Assert.Equal((206, "234", "bytes 2-4/10"), (part.StatusCode, part.BodyText, part.Headers["Content-Range"].ToString()));
            var whole = await site.SendThroughPipelineAsync(TestHttpContext.Get("/A.TXT").WithHeader("Range", "bytes=2-4").WithHeader("If-Range", "\"other\""));
            Assert.Equal((200, "0123456789"), (whole.StatusCode, whole.BodyText));
            var head = await site.SendThroughPipelineAsync(TestHttpContext.Head("/A.TXT").WithHeader("Range", "bytes=2-4"));
            Assert.Equal((200, ""), (head.StatusCode, head.BodyText));
        }
    }

    [Fact]
    public async Task Get_ServerWithoutLocalRedirects_SendsTheClientToTheName()
    {
        await using var site = await CreateAsync();
        var response = await site.SendAsync(TestHttpContext.Get("/A.TXT?q").WithoutFeature<ILocalRedirectFeature>());
        Assert.Equal((301, "/a.txt?q"), (response.StatusCode, response.Headers["Location"].ToString()));
    }

    [Theory]
    [InlineData(CaseSensitivity.Ignore)]
    [InlineData(CaseSensitivity.Redirect)]
    public async Task Get_CandidateThatIsThere_GoesBeforeAnotherCase(CaseSensitivity sensitivity)
    {
        await using var site = await CreateAsync(options =>
            (options.CaseSensitivity, options.TryFiles) = (sensitivity, ["{path}", "{path}.txt", "{path}/", "/index.html"]));
        site.Write("name.txt", "name");
        site.Write("NAME/index.html", "<p>NAME");
        var response = await site.SendThroughPipelineAsync(TestHttpContext.Get("/name"));
        Assert.Equal((200, "name"), (response.StatusCode, response.BodyText));

        // What stands for any path comes last.
        var other = await site.SendThroughPipelineAsync(TestHttpContext.Get("/A.TXT"));
        Assert.Equal(
            sensitivity == CaseSensitivity.Ignore ? (200, "0123456789", "") : (301, "", "/a.txt"),
            (other.StatusCode, other.BodyText, other.Headers["Location"].ToString()));
        Assert.Equal("<p>home", (await site.SendThroughPipelineAsync(TestHttpContext.Get("/nothing"))).BodyText);
    }

    private static Task<Site> CreateAsync(Action<StaticFilesOptions>? configure = null, Action<TestPipeline>? before = null) => CreateSiteAsync(options =>
    {
        options.CaseSensitivity = CaseSensitivity.Ignore;
        configure?.Invoke(options);
    }, before);

    private static async Task<Site> CreateSiteAsync(Action<StaticFilesOptions> configure, Action<TestPipeline>? before)
    {
        var site = await Site.CreateAsync(configure, before: before);
        site.Write("admin/secret.txt", "secret");
        site.Write("admin/index.html", "secret");
        site.Write("php/index.php", "<?php source");
        return site;
    }

    private static void Guard(TestPipeline pipeline) => pipeline.Use(
        "Guard", (_, _, _) => Task.FromException(new HttpException(401)), "/admin/*");
}
