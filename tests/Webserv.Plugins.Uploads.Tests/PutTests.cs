using Webserv.Abstractions.Configuration;
using Webserv.Abstractions.Http;
using Webserv.Testing.Http;
using Webserv.Testing.Pipeline;
using Webserv.Testing.Plugins;

namespace Webserv.Plugins.Uploads.Tests;

public sealed class PutTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Put_NewFile_Is201WithLocation()
    {
        await using var site = await UploadSite.CreateAsync();
        var response = await site.PutAsync("/up/h%C3%A9llo%20w%25.txt", "content");
        Assert.Equal((201, "/up/h%C3%A9llo%20w%25.txt", 0L), (response.StatusCode, response.Headers[Fields.Location].ToString(), response.ContentLength));
        Assert.Equal(["héllo w%.txt"], site.Files);
        Assert.Equal("content", site.Read("héllo w%.txt"));
    }

    [Theory]
    [InlineData(ConflictPolicy.Reject, 409, "old", new[] { "a.txt" })]
    [InlineData(ConflictPolicy.Replace, 204, "new", new[] { "a.txt" })]
    [InlineData(ConflictPolicy.Rename, 201, "old", new[] { "a-1.txt", "a.txt" })]
    public async Task Put_TakenName_FollowsThePolicy(ConflictPolicy policy, int status, string content, string[] files)
    {
        await using var site = await UploadSite.CreateAsync(options => options.Conflict = policy);
        Assert.Equal(201, (await site.PutAsync("/up/a.txt", "old")).StatusCode);
        var response = await site.PutAsync("/up/a.txt", "new");
        Assert.Equal(status, response.StatusCode);
        Assert.Equal(content, site.Read("a.txt"));
        Assert.Equal(files, site.Files);
        if (policy == ConflictPolicy.Rename)
        {
            Assert.Equal("/up/a-1.txt", response.Headers[Fields.Location].ToString());
            Assert.Equal("new", site.Read("a-1.txt"));
        }
    }

    [Theory]
    [InlineData(ConflictPolicy.Reject, 1)]
    [InlineData(ConflictPolicy.Replace, 1)]
    [InlineData(ConflictPolicy.Rename, 20)]
    public async Task Put_TwentyAtOnce_LeaveWholeFilesAndOneCreation(ConflictPolicy policy, int created)
    {
        await using var site = await UploadSite.CreateAsync(options => options.Conflict = policy);
        var bodies = Enumerable.Range(0, 20).Select(i => Enumerable.Repeat((byte)('a' + i), 150_000 + i).ToArray()).ToArray();
        var responses = await Task.WhenAll(bodies.Select(body =>
            site.SendAsync(TestHttpContext.Put("/up/same.bin").WithSlowBody(body, pieceSize: 10_000))));

        Assert.Equal(created, responses.Count(response => response.StatusCode == 201));
        Assert.All(responses, response => Assert.Contains(response.StatusCode, policy switch
        {
            ConflictPolicy.Reject => new[] { 201, 409 },
            ConflictPolicy.Replace => [201, 204],
            _ => [201],
        }));
        var files = site.Files;
        Assert.Equal(policy == ConflictPolicy.Rename ? 20 : 1, files.Length);
        foreach (var file in files)
        {
            var stored = await File.ReadAllBytesAsync(Path.Combine(site.Directory, file), Cancellation);
            Assert.Contains(bodies, body => body.AsSpan().SequenceEqual(stored));
        }
    }

    [Theory]
    [InlineData("/up/", 409)]
    [InlineData("/up/.htaccess", 400)]
    [InlineData("/up/.upload-x.tmp", 400)]
    [InlineData("/up/%2e%2e%2fpasswd", 400)]
    [InlineData("/up/..%2f..%2fpasswd", 400)]
    [InlineData("/up/a%5Cb", 400)]
    [InlineData("/up/a%0Ab", 400)]
    [InlineData("/up/a%7Fb", 400)]
    [InlineData("/up/a%C2%85b", 400)]
    [InlineData("/up/.git/a", 400)]
    [InlineData("/up/missing/a", 409)]
    [InlineData("/up/dir", 409)]
    [InlineData("/up/dir/", 409)]
    [InlineData("/up/file/a", 409)]
    [InlineData("/up/out/a", 403)]
    [InlineData("/up/in/a", 403)]
    public async Task Put_HostileOrImpossiblePath_IsRefusedBeforeTheBodyIsRead(string target, int status)
    {
        await using var site = await UploadSite.CreateAsync(options => options.Conflict = ConflictPolicy.Replace);
        site.Write("dir/x", "");
        site.Write("file", "");
        Directory.CreateSymbolicLink(Path.Combine(site.Directory, "out"), site.Outer);
        Directory.CreateSymbolicLink(Path.Combine(site.Directory, "in"), "dir");
        var context = TestHttpContext.Put(target).WithBody("x");
        Assert.Equal(status, (await site.SendAsync(context)).StatusCode);
        Assert.False(context.Request.BodyWasRead);
        Assert.Equal(["dir/x", "file"], site.Files);
        Assert.Empty(Directory.GetFiles(site.Outer));
    }

    [Fact]
    public async Task Put_ReplaceOfASymbolicLink_ReplacesTheLinkAndNotItsTarget()
    {
        await using var site = await UploadSite.CreateAsync(options => options.Conflict = ConflictPolicy.Replace);
        var secret = Path.Combine(site.Outer, "secret");
        await File.WriteAllTextAsync(secret, "secret", Cancellation);
        File.CreateSymbolicLink(Path.Combine(site.Directory, "link"), secret);
        Assert.Equal(204, (await site.PutAsync("/up/link", "mine")).StatusCode);
        Assert.Equal("secret", await File.ReadAllTextAsync(secret, Cancellation));
        Assert.Equal("mine", site.Read("link"));
    }

    [Fact]
    public async Task Put_MissingDirectories_AreMadeWhereAllowed()
    {
        await using var site = await UploadSite.CreateAsync(options => options.CreateDirectories = true);
        Assert.Equal(201, (await site.PutAsync("/up/a/b/c.txt", "x")).StatusCode);
        Assert.Equal(["a/b/c.txt"], site.Files);
    }

    [Theory]
    [InlineData("/up/a.PNG", 201)]
    [InlineData("/up/a.php", 415)]
    [InlineData("/up/a.png.php", 415)]
    [InlineData("/up/png", 415)]
    public async Task Put_Extension_IsCheckedBeforeTheBodyIsRead(string target, int status)
    {
        await using var site = await UploadSite.CreateAsync(options => options.AllowedExtensions = [".png"]);
        var context = TestHttpContext.Put(target).WithBody("x");
        Assert.Equal(status, (await site.SendAsync(context)).StatusCode);
        Assert.Equal(status == 201, context.Request.BodyWasRead);
    }

    [Fact]
    public async Task Put_NameLength_IsCountedInBytes()
    {
        await using var site = await UploadSite.CreateAsync(options => (options.MaxFileNameLength, options.Conflict) = (8, ConflictPolicy.Rename));
        Assert.Equal(400, (await site.PutAsync("/up/" + Uri.EscapeDataString("éééé.t"), "x")).StatusCode);
        Assert.Equal(201, (await site.PutAsync("/up/" + Uri.EscapeDataString("ééé.t"), "x")).StatusCode);
        Assert.Equal(201, (await site.PutAsync("/up/" + Uri.EscapeDataString("ééé.t"), "x")).StatusCode);
        Assert.Equal(["éé-1.t", "ééé.t"], site.Files);
    }

    [Fact]
    public async Task Put_DeclaredLengthOverTheLimit_Is413BeforeTheBodyIsRead()
    {
        await using var site = await UploadSite.CreateAsync(options => options.MaxFileSize = new ByteSize(10));
        var context = TestHttpContext.Put("/up/a").WithBody(new string('x', 11));
        Assert.Equal(413, (await site.SendAsync(context)).StatusCode);
        Assert.False(context.Request.BodyWasRead);
        Assert.Equal(201, (await site.PutAsync("/up/a", new string('x', 10))).StatusCode);
    }

    [Fact]
    public async Task Put_ChunkedBodyOverTheLimit_Is413AndLeavesNothing()
    {
        await using var site = await UploadSite.CreateAsync(options => options.MaxFileSize = ByteSize.FromKilobytes(100));
        var response = await site.SendAsync(TestHttpContext.Put("/up/a").WithBody(new MemoryStream(new byte[200_000])));
        Assert.Equal(413, response.StatusCode);
        Assert.Empty(site.Files);
    }

    [Fact]
    public async Task Put_BodyCutShort_LeavesNothing()
    {
        await using var site = await UploadSite.CreateAsync();
        var response = await site.SendAsync(TestHttpContext.Put("/up/a").WithBody(new MemoryStream(new byte[200_000]), length: 200_001));
        Assert.Equal(400, response.StatusCode);
        Assert.Empty(site.Files);
    }

    [Fact]
    public async Task Put_Cancelled_LeavesNothing()
    {
        await using var site = await UploadSite.CreateAsync();
        using var gone = new CancellationTokenSource();
        var body = new Moq.Mock<Stream>();
        body.Setup(stream => stream.ReadAsync(Moq.It.IsAny<Memory<byte>>(), Moq.It.IsAny<CancellationToken>()))
            .Returns(async (Memory<byte> buffer, CancellationToken token) =>
            {
                if (site.Files.Length == 1)
                {
                    await gone.CancelAsync();
                }

                token.ThrowIfCancellationRequested();
                return buffer.Length;
            });
        var context = TestHttpContext.Put("/up/a").WithBody(body.Object);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => site.Host.SendAsync(context, gone.Token));
        Assert.Empty(site.Files);
    }

    [Fact]
    public async Task Put_ContentRange_IsRefused()
    {
        await using var site = await UploadSite.CreateAsync();
        Assert.Equal(400, (await site.SendAsync(TestHttpContext.Put("/up/a").WithBody("x").WithHeader("Content-Range", "bytes 0-0/2"))).StatusCode);
    }

    [Fact]
    public async Task Put_SyncToDisk_Stores()
    {
        await using var site = await UploadSite.CreateAsync(options => options.SyncToDisk = true);
        Assert.Equal(201, (await site.PutAsync("/up/a", "x")).StatusCode);
        Assert.Equal("x", site.Read("a"));
    }

    [Fact]
    public async Task Put_WithoutDirectory_StoresBelowTheRootWhereItIsServed()
    {
        await using var site = await UploadSite.CreateAsync();
        Directory.CreateDirectory(Path.Combine(site.Outer, "up"));
        await using var host = await PluginHost.CreateAsync<UploadsPlugin>(cancellation: Cancellation);
        await host.UseAsync("Uploads", new TestPipelineEntry { Root = site.Outer, MatchPath = "/up/*" }, Cancellation);
        Assert.Equal(201, (await host.SendAsync(TestHttpContext.Put("/up/a").WithBody("x"), Cancellation)).StatusCode);
        Assert.True(File.Exists(Path.Combine(site.Outer, "up", "a")));
    }
}
