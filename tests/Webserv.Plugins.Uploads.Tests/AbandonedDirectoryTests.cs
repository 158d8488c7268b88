using System.Text;
using Microsoft.Extensions.Logging;
using Webserv.Abstractions.Configuration;
using Webserv.Abstractions.Http;
using Webserv.Testing.Http;

namespace Webserv.Plugins.Uploads.Tests;

/// <summary>Directories that were made for an upload go again where it does not arrive.</summary>
public sealed class AbandonedDirectoryTests
{
    [Fact]
    public async Task Put_CutShort_LeavesNoDirectory()
    {
        await using var site = await SiteAsync();
        Assert.Equal(400, (await PutCutShortAsync(site, "/up/a/b/c/f")).StatusCode);
        Assert.Empty(Directory.GetFileSystemEntries(site.Directory));
        Assert.Equal(["a", "a/b", "a/b/c", "a/b/c", "a/b", "a"], site.Invalidated);
    }

    [Fact]
    public async Task Put_CutShort_LeavesTheDirectoriesThatWereThere()
    {
        await using var site = await SiteAsync();
        Directory.CreateDirectory(Path.Combine(site.Directory, "a", "b"));
        Assert.Equal(400, (await PutCutShortAsync(site, "/up/a/b/c/f")).StatusCode);
        Assert.True(Directory.Exists(Path.Combine(site.Directory, "a", "b")));
        Assert.False(Directory.Exists(Path.Combine(site.Directory, "a", "b", "c")));
        Assert.Equal(400, (await PutCutShortAsync(site, "/up/a/b/f")).StatusCode);
        Assert.True(Directory.Exists(Path.Combine(site.Directory, "a", "b")));
    }

    [Fact]
    public async Task Put_CutShort_LeavesTheDirectoriesThatAnotherUploadCameInto()
    {
        await using var site = await SiteAsync();
        var body = new MeddlingStream(() => site.Write("a/theirs", "x"));
        Assert.Equal(400, (await site.SendAsync(TestHttpContext.Put("/up/a/b/c/f").WithBody(body, length: 100))).StatusCode);
        Assert.Equal(["a/theirs"], site.Files);
        Assert.False(Directory.Exists(Path.Combine(site.Directory, "a", "b")));
        Assert.DoesNotContain(site.Host.Log.Entries, entry => entry.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task Put_CutShortWhileADirectoryBecomesALink_RemovesNothingBehindIt()
    {
        await using var site = await SiteAsync();
        var outside = Directory.CreateDirectory(Path.Combine(site.Outer, "b")).FullName;
        var body = new MeddlingStream(() =>
        {
            Directory.Move(Path.Combine(site.Directory, "a"), Path.Combine(site.Directory, "moved"));
            Directory.CreateSymbolicLink(Path.Combine(site.Directory, "a"), site.Outer);
        });
        Assert.Equal(400, (await site.SendAsync(TestHttpContext.Put("/up/a/b/f").WithBody(body, length: 100))).StatusCode);
        Assert.True(Directory.Exists(outside));
        Assert.NotNull(new FileInfo(Path.Combine(site.Directory, "a")).LinkTarget);
        Assert.Empty(site.Files);
    }

    [Fact]
    public async Task Put_ManyIntoOneNewDirectoryOfWhichHalfAreCutShort_StoresTheOthers()
    {
        await using var site = await SiteAsync();
        for (var round = 0; round < 100; round++)
        {
            var uploads = Enumerable.Range(0, 4).Select(i => Task.Run(async () => i % 2 == 0
                ? (await site.PutAsync($"/up/{round}/b/{i}", "x")).StatusCode
                : (await PutCutShortAsync(site, $"/up/{round}/b/{i}")).StatusCode));
            var statuses = await Task.WhenAll(uploads);
            Assert.Equal([201, 400, 201, 400], statuses);
        }

        Assert.Equal(200, site.Files.Length);
    }

    [Fact]
    public async Task CreateChild_InADirectoryThatIsGone_Is409()
    {
        await using var site = await SiteAsync();
        var path = Directory.CreateDirectory(Path.Combine(site.Directory, "a")).FullName;
        using var held = HeldDirectory.Open(path);
        Directory.Delete(path);
        Assert.Equal(409, Assert.Throws<HttpException>(() => held.CreateChild("b")).StatusCode);
    }

    [Theory]
    [InlineData("nothing", 400)]
    [InlineData("name=\"x\"", 400)]
    [InlineData("name=\"f\"; filename=\"..\"", 400)]
    [InlineData("name=\"f\"; filename=\"a.png\"", 415)]
    [InlineData("name=\"f\"; filename=\"long.txt\"", 413)]
    public async Task Post_FormThatIsRefused_LeavesNoDirectory(string disposition, int status)
    {
        await using var site = await UploadSite.CreateAsync(options =>
            (options.CreateDirectories, options.AllowedExtensions, options.MaxFileSize) = (true, [".txt"], new ByteSize(10)));
        var form = disposition == "nothing" ? "" : UploadSite.Form((disposition, "12345678901"));
        Assert.Equal(status, (await site.PostAsync("/up/a/b/", form)).StatusCode);
        Assert.Empty(Directory.GetFileSystemEntries(site.Directory));
    }

    [Fact]
    public async Task Post_CutAtEveryByte_LeavesADirectoryOnlyWithAFile()
    {
        await using var site = await SiteAsync();
        var form = Encoding.UTF8.GetBytes(UploadSite.FormOfFile("f", "x"));
        for (var length = 0; length <= form.Length; length++)
        {
            var context = TestHttpContext.Post("/up/a/b/").WithBody(new MemoryStream(form, 0, length), "multipart/form-data; boundary=b", form.Length);
            var status = (await site.SendAsync(context)).StatusCode;
            if (status == 201)
            {
                Assert.Equal(["a/b/f"], site.Files);
                Directory.Delete(Path.Combine(site.Directory, "a"), recursive: true);
            }

            Assert.Empty(Directory.GetFileSystemEntries(site.Directory));
        }
    }

    private static Task<UploadSite> SiteAsync() => UploadSite.CreateAsync(options => options.CreateDirectories = true);

    private static Task<TestHttpResponse> PutCutShortAsync(UploadSite site, string target) =>
        site.SendAsync(TestHttpContext.Put(target).WithBody(new MemoryStream("x"u8.ToArray()), length: 100));
}
