using System.Text;
using Webserv.Testing.Http;

namespace Webserv.Plugins.Uploads.Tests;

/// <summary>What a client may make of directories: nothing that the system cannot reach by a path, and not endlessly deep.</summary>
public sealed class DirectoryLimitTests
{
    private static readonly string Long = new('d', 250);

    [Fact]
    public async Task Put_DirectoriesBeyondTheLongestPath_Is400AndMakesNone()
    {
        await using var site = await UploadSite.CreateAsync(options => options.CreateDirectories = true);
        for (var depth = 16; depth <= 30; depth++)
        {
            var context = TestHttpContext.Put("/up/" + string.Concat(Enumerable.Repeat(Long + "/", depth)) + "f").WithBody("x");
            Assert.Equal(400, (await site.SendAsync(context)).StatusCode);
            Assert.False(context.Request.BodyWasRead);
        }

        Assert.Empty(Directory.GetFileSystemEntries(site.Directory));
    }

    [Fact]
    public async Task Post_DirectoriesBeyondTheLongestPath_Is400AndMakesNone()
    {
        await using var site = await UploadSite.CreateAsync(options => options.CreateDirectories = true);
        var target = "/up/" + string.Concat(Enumerable.Repeat(Long + "/", 17));
        Assert.Equal(400, (await site.PostAsync(target, UploadSite.FormOfFile("f", "x"))).StatusCode);
        Assert.Empty(Directory.GetFileSystemEntries(site.Directory));
    }

    [Fact]
    public async Task Put_LongestPathThatIsTaken_HoldsTheLongestName()
    {
        await using var site = await UploadSite.CreateAsync(options => options.CreateDirectories = true);
        const int longest = 4095 - 256;
        var path = new StringBuilder();
        var left = longest - Encoding.UTF8.GetByteCount(site.Directory);
        while (left > 0)
        {
            var segment = Math.Min(left - 1, left is > 251 and < 254 ? 100 : 250);
            path.Append('d', segment).Append('/');
            left -= segment + 1;
        }

        var name = new string('n', 255);
        Assert.Equal(201, (await site.PutAsync($"/up/{path}{name}", "x")).StatusCode);
        Assert.Equal("x", site.Read(path + name));
        Assert.Equal(400, (await site.PutAsync($"/up/d{path}{name}", "x")).StatusCode);
        Assert.Single(site.Files);
    }

    [Fact]
    public async Task Put_DeeperThanTheOptionAllows_Is400AndMakesNone()
    {
        await using var site = await UploadSite.CreateAsync(options => (options.CreateDirectories, options.MaxDirectoryDepth) = (true, 3));
        Assert.Equal(201, (await site.PutAsync("/up/a/b/c/f", "x")).StatusCode);
        Assert.Equal(400, (await site.PutAsync("/up/a/b/c/d/f", "x")).StatusCode);
        Assert.Equal(400, (await site.PutAsync("/up/1/2/3/4/f", "x")).StatusCode);
        Assert.Equal(400, (await site.PostAsync("/up/1/2/3/4/", UploadSite.FormOfFile("f", "x"))).StatusCode);
        Assert.Equal([Path.Combine(site.Directory, "a")], Directory.GetFileSystemEntries(site.Directory));
        Assert.False(Directory.Exists(Path.Combine(site.Directory, "a", "b", "c", "d")));

        // Whoever made it by other means wants it used.
        site.Write("a/b/c/d/e/there", "x");
        Assert.Equal(201, (await site.PutAsync("/up/a/b/c/d/e/f", "x")).StatusCode);
        Assert.Equal(201, (await site.PostAsync("/up/a/b/c/d/e/", UploadSite.FormOfFile("g", "x"))).StatusCode);
    }
}
