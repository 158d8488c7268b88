using Webserv.Testing.Http;

namespace Webserv.Plugins.Uploads.Tests;

/// <summary>The open-file cache is told of every change before the answer.</summary>
public sealed class InvalidationTests
{
    [Theory]
    [InlineData(ConflictPolicy.Reject)]
    [InlineData(ConflictPolicy.Replace)]
    [InlineData(ConflictPolicy.Rename)]
    public async Task Put_NewFile_IsMadeKnown(ConflictPolicy conflict)
    {
        await using var site = await UploadSite.CreateAsync(options => options.Conflict = conflict);
        Assert.Equal(201, (await site.PutAsync("/up/a", "x")).StatusCode);
        Assert.Equal(["a"], site.Invalidated);
    }

    [Fact]
    public async Task Put_NameThatIsTaken_MakesTheNameItGotKnown()
    {
        await using var site = await UploadSite.CreateAsync(options => options.Conflict = ConflictPolicy.Rename);
        site.Write("a.txt", "old");
        var response = await site.PutAsync("/up/a.txt", "x");
        Assert.Equal([response.Headers["Location"].ToString()["/up/".Length..].Replace("%20", " ", StringComparison.Ordinal)], site.Invalidated);
    }

    [Fact]
    public async Task Put_OverAFileAndDelete_AreMadeKnown()
    {
        await using var site = await UploadSite.CreateAsync(options => options.Conflict = ConflictPolicy.Replace);
        site.Write("a", "old");
        Assert.Equal(204, (await site.PutAsync("/up/a", "x")).StatusCode);
        Assert.Equal(204, (await site.SendAsync(TestHttpContext.Delete("/up/a"))).StatusCode);
        Assert.Equal(["a", "a"], site.Invalidated);
    }

    [Fact]
    public async Task Put_IntoANewDirectory_MakesBothKnown()
    {
        await using var site = await UploadSite.CreateAsync(options => options.CreateDirectories = true);
        Assert.Equal(201, (await site.PutAsync("/up/d/e/a", "x")).StatusCode);
        Assert.Equal(["d", "d/e", "d/e/a"], site.Invalidated);
    }

    [Fact]
    public async Task Post_Form_MakesEveryFileKnown()
    {
        await using var site = await UploadSite.CreateAsync();
        var form = UploadSite.Form(("name=\"f\"; filename=\"a\"", "1"), ("name=\"f\"; filename=\"b\"", "2"));
        Assert.Equal(201, (await site.PostAsync("/up/", form)).StatusCode);
        Assert.Equal(["a", "b"], site.Invalidated);
    }
}
