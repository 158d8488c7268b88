using Webserv.Testing.Files;
using Webserv.Testing.Http;
using Webserv.Representations;

namespace Webserv.Plugins.StaticFiles.Tests;

/// <summary>Conditional requests (RFC 9110 section 13).</summary>
public sealed class ConditionTests
{
    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    public async Task Request_EveryRow_IsAnsweredAsTheTableSays(string method)
    {
        await using var site = await Site.CreateAsync();
        var tag = await site.GetTagAsync("/a.txt");
        foreach (var (fields, status) in ConditionTable.All)
        {
            var context = new TestHttpContext(method, "/a.txt");
            for (var i = 0; i < fields.Length; i += 2)
            {
                context.WithHeader(fields[i], fields[i + 1].Replace("{tag}", tag, StringComparison.Ordinal));
            }

            var response = await site.SendAsync(context);
            var expected = method == "HEAD" && status is 206 or 416 ? 200 : status;
            Assert.Equal((string.Join(' ', fields), expected), (string.Join(' ', fields), response.StatusCode));
            if (response.StatusCode is 304 or 412 or 416)
            {
                Assert.Equal("", response.BodyText);
            }
        }
    }

    [Fact]
    public async Task Get_NotModified_HasTheFieldsThatCachesUpdate()
    {
        await using var site = await Site.CreateAsync(options =>
        {
            options.CacheRules = [new() { Match = ["*"], CacheControl = "max-age=60", Expires = TimeSpan.FromMinutes(1) }];
            options.ExtraFields = new Dictionary<string, string> { ["Vary"] = "Accept-Encoding", ["Content-Location"] = "/a.txt" };
        });
        var tag = await site.GetTagAsync("/a.txt");
        var response = await site.SendAsync(TestHttpContext.Get("/a.txt").WithHeader("If-None-Match", tag));
        Assert.Equal(304, response.StatusCode);
        Assert.Equal(tag, response.Headers["ETag"]);
        Assert.Equal(ConditionTable.Same, response.Headers["Last-Modified"]);
        Assert.Equal("max-age=60", response.Headers["Cache-Control"]);
        Assert.Equal("Accept-Encoding", response.Headers["Vary"]);
        Assert.Equal("Thu, 01 Jan 2026 00:01:00 GMT", response.Headers["Expires"]);
        Assert.Equal("/a.txt", response.Headers["Content-Location"]);
        Assert.False(response.Headers.Contains("Content-Type"), "it describes what is not sent");
    }

    [Fact]
    public void Evaluate_EveryCombination_FollowsTheOrderOfPrecedence()
    {
        const string Tag = "\"a\"";
        var file = new TestFileEntry(Abstractions.Files.FileKind.File, "/a") { Length = 10, LastModified = Site.Modified, EntityTag = Tag };
        (string? Text, bool Matches)[] strong = [(null, false), ("*", true), (Tag, true), ($"\"x\", {Tag}", true), ("\"x\"", false), ("W/\"a\"", false), ("a", false)];
        (string? Text, bool Matches)[] weak = [(null, false), ("*", true), (Tag, true), ($"\"x\", {Tag}", true), ("\"x\"", false), ("W/\"a\"", true), ("a", false)];
        (string? Text, int? Compared)[] dates = [(null, null), (ConditionTable.Earlier, -1), (ConditionTable.Same, 0), (ConditionTable.Later, 1), ("nonsense", null)];
        var combinations =
            from ifMatch in strong
            from unmodified in dates
            from ifNoneMatch in weak
            from modified in dates
            select (ifMatch, unmodified, ifNoneMatch, modified);
        foreach (var (ifMatch, unmodified, ifNoneMatch, modified) in combinations)
        {
            // Section 13.2.2, step by step.
            var expected =
                ifMatch.Text is not null && !ifMatch.Matches ? Precondition.Failed
                : ifMatch.Text is null && unmodified.Compared < 0 ? Precondition.Failed
                : ifNoneMatch.Text is not null ? (ifNoneMatch.Matches ? Precondition.NotModified : Precondition.Holds)
                : modified.Compared >= 0 ? Precondition.NotModified
                : Precondition.Holds;
            var request = TestHttpContext.Get("/a");
            foreach (var (name, text) in new[]
            {
                ("If-Match", ifMatch.Text), ("If-Unmodified-Since", unmodified.Text), ("If-None-Match", ifNoneMatch.Text), ("If-Modified-Since", modified.Text),
            })
            {
                _ = text is null ? request : request.WithHeader(name, text);
            }

            Assert.Equal(
                (ifMatch, unmodified, ifNoneMatch, modified, expected),
                (ifMatch, unmodified, ifNoneMatch, modified, Preconditions.Evaluate(request.Request.Headers, file, TimeProvider.System)));
        }
    }

    [Theory]
    [InlineData(0, 200)]
    [InlineData(1, 206)]
    public async Task Get_IfRangeWithADateThatIsNotOver_IsNoStrongValidator(int secondsLater, int status)
    {
        await using var site = await Site.CreateAsync();
        File.SetLastWriteTimeUtc(Path.Combine(site.Root, "a.txt"), site.Time.GetUtcNow().UtcDateTime);
        site.Time.Advance(TimeSpan.FromSeconds(secondsLater));
        var response = await site.SendAsync(TestHttpContext.Get("/a.txt")
            .WithHeader("Range", "bytes=0-1").WithHeader("If-Range", "Thu, 01 Jan 2026 00:00:00 GMT"));
        Assert.Equal(status, response.StatusCode);
    }

    [Theory]
    [InlineData("W/\"a\"", false)]
    [InlineData("\"a\"", false)]
    public void AllowRange_FileWithAWeakTag_NeverDoes(string ifRange, bool expected)
    {
        var file = new TestFileEntry(Abstractions.Files.FileKind.File, "/a") { Length = 10, EntityTag = "W/\"a\"" };
        var fields = TestHttpContext.Get("/a").WithHeader("If-Range", ifRange).Request.Headers;
        Assert.Equal(expected, Preconditions.AllowRange(fields, file, TimeProvider.System));
    }

    [Theory]
    [InlineData("If-None-Match")]
    [InlineData("If-Match")]
    public async Task Get_ConditionOnAMissingFile_IsLeftToOthers(string field)
    {
        await using var site = await Site.CreateAsync();
        var context = TestHttpContext.Get("/nothing").WithHeader(field, "*");
        await site.SendAsync(context);
        Assert.True(context.NextWasCalled);
    }
}
