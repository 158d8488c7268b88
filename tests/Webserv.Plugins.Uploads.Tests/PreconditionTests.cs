using Webserv.Abstractions.Files;
using Webserv.Abstractions.Http;
using Webserv.Testing.Files;
using Webserv.Testing.Http;

namespace Webserv.Plugins.Uploads.Tests;

public sealed class PreconditionTests
{
    private static readonly DateTime Modified = new(2024, 2, 29, 12, 0, 0, DateTimeKind.Utc);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Field, value (<c>{tag}</c> is the current entity-tag), and whether it holds for a file and for a free name.</summary>
    public static TheoryData<string, string, bool, bool> Conditions => new()
    {
        { "If-Match", "{tag}", true, false },
        { "If-Match", "\"other\", {tag}", true, false },
        { "If-Match", "\"other\"", false, false },
        { "If-Match", "W/{tag}", false, false },
        { "If-Match", "*", true, false },
        { "If-None-Match", "{tag}", false, true },
        { "If-None-Match", "W/{tag}", false, true },
        { "If-None-Match", "\"other\"", true, true },
        { "If-None-Match", "*", false, true },
        { "If-Unmodified-Since", "Thu, 29 Feb 2024 12:00:00 GMT", true, true },
        { "If-Unmodified-Since", "Thu, 29 Feb 2024 11:59:59 GMT", false, true },
        { "If-Unmodified-Since", "never", true, true },
    };

    [Theory]
    [MemberData(nameof(Conditions))]
    public async Task Put_Condition_DecidesBeforeTheBodyIsRead(string field, string value, bool holdsForFile, bool holdsForFreeName)
    {
        await using var site = await SiteWithFileAsync();
        foreach (var (name, holds) in new[] { ("a.txt", holdsForFile), ("free.txt", holdsForFreeName) })
        {
            var context = TestHttpContext.Put("/up/" + name).WithBody("new").WithHeader(field, value.Replace("{tag}", Tag(site), StringComparison.Ordinal));
            Assert.Equal(holds ? name == "a.txt" ? 204 : 201 : 412, (await site.SendAsync(context)).StatusCode);
            Assert.Equal(holds, context.Request.BodyWasRead);
            Assert.Equal(holds, File.Exists(Path.Combine(site.Directory, name)) && site.Read(name) == "new");
        }

        Assert.DoesNotContain(site.Files, file => file.StartsWith('.'));
    }

    [Theory]
    [MemberData(nameof(Conditions))]
    public async Task Delete_Condition_DecidesWhetherTheFileGoes(string field, string value, bool holds, bool holdsForFreeName)
    {
        await using var site = await SiteWithFileAsync();
        value = value.Replace("{tag}", Tag(site), StringComparison.Ordinal);
        Assert.Equal(404, (await site.SendAsync(TestHttpContext.Delete("/up/free.txt").WithHeader(field, value))).StatusCode);
        Assert.Equal(holds ? 204 : 412, (await site.SendAsync(TestHttpContext.Delete("/up/a.txt").WithHeader(field, value))).StatusCode);
        Assert.Equal(!holds, File.Exists(Path.Combine(site.Directory, "a.txt")));
        Assert.True(holdsForFreeName || field == "If-Match");
    }

    [Theory]
    [InlineData(ConflictPolicy.Reject)]
    [InlineData(ConflictPolicy.Rename)]
    public async Task Put_OnlyCreate_Is412ForATakenNameUnderEveryRule(ConflictPolicy policy)
    {
        await using var site = await SiteWithFileAsync(policy);
        Assert.Equal(412, (await site.SendAsync(TestHttpContext.Put("/up/a.txt").WithBody("new").WithHeader("If-None-Match", "*"))).StatusCode);
        Assert.Equal(["a.txt"], site.Files);
        Assert.Equal("old", site.Read("a.txt"));
    }

    [Theory]
    [InlineData(ConflictPolicy.Rename, "If-Match", "{tag}")]
    [InlineData(ConflictPolicy.Rename, "If-Match", "*")]
    [InlineData(ConflictPolicy.Rename, "If-Unmodified-Since", "Thu, 29 Feb 2024 12:00:00 GMT")]
    [InlineData(ConflictPolicy.Reject, "If-Match", "{tag}")]
    public async Task Put_ConditionOfWhatIsThereHoldsWhereNothingIsReplaced_Is409AndMakesNoOther(ConflictPolicy policy, string field, string value)
    {
        await using var site = await SiteWithFileAsync(policy);
        var context = TestHttpContext.Put("/up/a.txt").WithBody("new").WithHeader(field, value.Replace("{tag}", Tag(site), StringComparison.Ordinal));
        Assert.Equal(409, (await site.SendAsync(context)).StatusCode);
        Assert.False(context.Request.BodyWasRead);
        Assert.Equal(["a.txt"], site.Files);
        Assert.Equal("old", site.Read("a.txt"));
    }

    [Fact]
    public async Task Put_UnmodifiedSinceOfAFreeName_IsStoredUnderRename()
    {
        await using var site = await SiteWithFileAsync(ConflictPolicy.Rename);
        var context = TestHttpContext.Put("/up/free.txt").WithBody("new").WithHeader("If-Unmodified-Since", "Thu, 29 Feb 2024 12:00:00 GMT");
        Assert.Equal(201, (await site.SendAsync(context)).StatusCode);
        Assert.Equal(["a.txt", "free.txt"], site.Files);
    }

    [Theory]
    [InlineData("If-Match", "nonsense")]
    [InlineData("If-None-Match", "\"open")]
    public async Task Put_ConditionThatCannotBeRead_Is400(string field, string value)
    {
        await using var site = await SiteWithFileAsync();
        Assert.Equal(400, (await site.SendAsync(TestHttpContext.Put("/up/a.txt").WithBody("new").WithHeader(field, value))).StatusCode);
        Assert.Equal("old", site.Read("a.txt"));
    }

    [Theory]
    [InlineData(ConflictPolicy.Replace)]
    [InlineData(ConflictPolicy.Rename)]
    public async Task Put_OnlyCreateWhileTheNameIsTaken_Is412AtTheEnd(ConflictPolicy policy)
    {
        await using var site = await UploadSite.CreateAsync(options => options.Conflict = policy);
        var body = new MeddlingStream(() => site.Write("a.txt", "theirs"));
        var context = TestHttpContext.Put("/up/a.txt").WithBody(body).WithHeader(Fields.IfNoneMatch, "*");
        Assert.Equal(412, (await site.SendAsync(context)).StatusCode);
        Assert.Equal(["a.txt"], site.Files);
        Assert.Equal("theirs", site.Read("a.txt"));
    }

    [Fact]
    public async Task Put_FileChangesWhileTheBodyArrives_Is412AtTheEnd()
    {
        await using var site = await SiteWithFileAsync();
        var body = new MeddlingStream(() => site.Write("a.txt", "theirs"));
        var context = TestHttpContext.Put("/up/a.txt").WithBody(body).WithHeader(Fields.IfMatch, Tag(site));
        Assert.Equal(412, (await site.SendAsync(context)).StatusCode);
        Assert.Equal("theirs", site.Read("a.txt"));
        Assert.Equal(["a.txt"], site.Files);
    }

    [Theory]
    [InlineData("If-Match")]
    [InlineData("If-None-Match")]
    public async Task Put_TwentyAtOnceUnderOneCondition_ExactlyOneIsStored(string field)
    {
        await using var site = await SiteWithFileAsync();
        var (target, value) = field == "If-Match" ? ("/up/a.txt", Tag(site)) : ("/up/free.txt", "*");
        var responses = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() => site.SendAsync(
            TestHttpContext.Put(target).WithSlowBody(Enumerable.Repeat((byte)('a' + i), 50_000 + i).ToArray(), pieceSize: 10_000).WithHeader(field, value)))));
        Assert.Single(responses, response => response.StatusCode is 201 or 204);
        Assert.Equal(19, responses.Count(response => response.StatusCode == 412));
    }

    [Fact]
    public async Task Put_EntityTag_IsTheOneThatIsServed()
    {
        await using var site = await SiteWithFileAsync();
        var served = new TestFileCache().OpenRoot(new Webserv.Testing.Pipeline.TestPipelineEntry { Root = site.Directory }, new DocumentRootOptions()).Find("/a.txt");
        Assert.Equal(204, (await site.SendAsync(TestHttpContext.Put("/up/a.txt").WithBody("new").WithHeader("If-Match", served.EntityTag))).StatusCode);
        Assert.Equal(412, (await site.SendAsync(TestHttpContext.Put("/up/a.txt").WithBody("newer").WithHeader("If-Match", served.EntityTag))).StatusCode);
    }

    private static async Task<UploadSite> SiteWithFileAsync(ConflictPolicy policy = ConflictPolicy.Replace)
    {
        var site = await UploadSite.CreateAsync(options => options.Conflict = policy);
        site.Write("a.txt", "old");
        File.SetLastWriteTimeUtc(Path.Combine(site.Directory, "a.txt"), Modified);
        return site;
    }

    private static string Tag(UploadSite site) => TestFileEntry.OfFile(Path.Combine(site.Directory, "a.txt")).EntityTag;
}
