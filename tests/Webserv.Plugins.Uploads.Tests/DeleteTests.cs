using Webserv.Testing.Http;

namespace Webserv.Plugins.Uploads.Tests;

public sealed class DeleteTests
{
    [Theory]
    [InlineData("/up/a.txt", 204)]
    [InlineData("/up/dir/b.txt", 204)]
    [InlineData("/up/missing", 404)]
    [InlineData("/up/missing/a", 404)]
    [InlineData("/up/dir", 409)]
    [InlineData("/up/dir/", 409)]
    [InlineData("/up/", 409)]
    [InlineData("/up/.hidden", 404)]
    [InlineData("/up/..%2fsecret", 404)]
    [InlineData("/up/a.txt/x", 409)]
    [InlineData("/up/out/secret", 403)]
    [InlineData("/up/link", 204)]
    [InlineData("/up/dangling", 204)]
    public async Task Delete_Path_HasItsStatusAndRemovesThatFileOnly(string target, int status)
    {
        await using var site = await UploadSite.CreateAsync();
        site.Write("a.txt", "");
        site.Write("dir/b.txt", "");
        site.Write(".hidden", "");
        var secret = Path.Combine(site.Outer, "secret");
        await File.WriteAllTextAsync(secret, "", TestContext.Current.CancellationToken);
        Directory.CreateSymbolicLink(Path.Combine(site.Directory, "out"), site.Outer);
        File.CreateSymbolicLink(Path.Combine(site.Directory, "link"), secret);
        File.CreateSymbolicLink(Path.Combine(site.Directory, "dangling"), "nowhere");
        var before = Directory.GetFileSystemEntries(site.Directory).Length + 1;
        Assert.Equal(status, (await site.SendAsync(TestHttpContext.Delete(target))).StatusCode);
        Assert.True(File.Exists(secret));
        var after = Directory.GetFileSystemEntries(site.Directory).Length + Directory.GetFiles(Path.Combine(site.Directory, "dir")).Length;
        Assert.Equal(before - (status == 204 ? 1 : 0), after);
    }

    [Fact]
    public async Task Delete_ExtensionThatIsNotAllowed_Is403()
    {
        await using var site = await UploadSite.CreateAsync(options => options.AllowedExtensions = [".png"]);
        site.Write("index.html", "");
        Assert.Equal(403, (await site.SendAsync(TestHttpContext.Delete("/up/index.html"))).StatusCode);
        Assert.Equal(["index.html"], site.Files);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("PATCH")]
    [InlineData("OPTIONS")]
    [InlineData("PUT")]
    public async Task Invoke_OtherOrSwitchedOffMethods_ArePassedOn(string method)
    {
        await using var site = await UploadSite.CreateAsync(options => options.Methods = ["DELETE"]);
        var context = new TestHttpContext(method, "/up/a");
        var response = await site.SendAsync(context);
        Assert.True(context.NextWasCalled);
        Assert.Equal(
            method switch { "GET" => (404, ""), "OPTIONS" => (204, "DELETE, OPTIONS"), _ => (405, "DELETE, OPTIONS") },
            (response.StatusCode, response.Headers["Allow"].ToString()));
    }
}
