using Webserv.Testing.Http;

namespace Webserv.Plugins.Uploads.Tests;

/// <summary>Somebody who may write below the directory swaps a directory for a link while a body arrives.</summary>
public sealed class SwappedDirectoryTests
{
    [Theory]
    [InlineData(ConflictPolicy.Reject, 201)]
    [InlineData(ConflictPolicy.Replace, 201)]
    [InlineData(ConflictPolicy.Rename, 201)]
    public async Task Put_DirectoryBecomesALink_StaysInTheDirectory(ConflictPolicy policy, int status)
    {
        await using var site = await UploadSite.CreateAsync(options => options.Conflict = policy);
        site.Write("dir/x", "");
        var response = await site.SendAsync(TestHttpContext.Put("/up/dir/a.txt").WithBody(new MeddlingStream(() => Swap(site))));
        Assert.Equal(status, response.StatusCode);
        Assert.Equal(["moved/a.txt", "moved/x"], site.Files);
        Assert.Empty(Directory.GetFiles(site.Outer));
    }

    [Fact]
    public async Task Put_CutShortInADirectoryThatBecameALink_LeavesNothing()
    {
        await using var site = await UploadSite.CreateAsync();
        site.Write("dir/x", "");
        var response = await site.SendAsync(TestHttpContext.Put("/up/dir/a.txt").WithBody(new MeddlingStream(() => Swap(site)), length: 100));
        Assert.Equal(400, response.StatusCode);
        Assert.Equal(["moved/x"], site.Files);
        Assert.Empty(Directory.GetFiles(site.Outer));
    }

    [Fact]
    public async Task Post_DirectoryBecomesALink_StaysInTheDirectory()
    {
        await using var site = await UploadSite.CreateAsync();
        site.Write("dir/x", "");
        var form = new SwappingForm(UploadSite.FormOfFile("a.txt", "x"), () => Swap(site));
        var response = await site.SendAsync(
            TestHttpContext.Post("/up/dir/").WithBody(form).WithHeader("Content-Type", "multipart/form-data; boundary=b"));
        Assert.Equal(201, response.StatusCode);
        Assert.Equal(["moved/a.txt", "moved/x"], site.Files);
        Assert.Empty(Directory.GetFiles(site.Outer));
    }

    private static void Swap(UploadSite site)
    {
        Directory.Move(Path.Combine(site.Directory, "dir"), Path.Combine(site.Directory, "moved"));
        Directory.CreateSymbolicLink(Path.Combine(site.Directory, "dir"), site.Outer);
    }

    /// <summary>Swaps when the first byte is asked for: by then the directory is found.</summary>
    private sealed class SwappingForm(string form, Action swap) : MemoryStream(System.Text.Encoding.UTF8.GetBytes(form))
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Position == 0)
            {
                swap();
            }

            return base.ReadAsync(buffer, cancellationToken);
        }
    }
}
