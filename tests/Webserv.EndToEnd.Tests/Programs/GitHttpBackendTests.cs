using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Webserv.EndToEnd.Tests.Site;

namespace Webserv.EndToEnd.Tests.Programs;

/// <summary>git over the server, as <c>docs/cgi.md</c> has it configured.</summary>
public sealed class GitHttpBackendTests(GitSite site) : IClassFixture<GitSite>
{
    private string Url => site.Server.At("/git/project.git");

    [Fact]
    public async Task Clone_ManyBranches_AsksInOneCompressedRequestOfProtocolVersionTwo()
    {
        var trace = await Git.TraceAsync(site.Folder.Root, "clone", "--quiet", Url, "clone");
        Assert.Contains("=> Send header: Content-Encoding: gzip", trace, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("< version 2", trace, StringComparison.Ordinal);
        var clone = site.Folder.Combine("clone");
        await Git.RunAsync(clone, "fsck", "--full", "--strict");
        Assert.Equal(await Git.RunAsync(site.Project, "rev-parse", "main"), await Git.RunAsync(clone, "rev-parse", "HEAD"));
        Assert.Equal($"{GitSite.Commits}", await Git.RunAsync(clone, "rev-list", "--count", "HEAD"));
        Assert.Equal("line 7\n", await File.ReadAllTextAsync(Path.Combine(clone, "src", "file 7.txt"), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("1")]
    public async Task Clone_OlderProtocol_Succeeds(string version)
    {
        var trace = await Git.TraceAsync(site.Folder.Root, "-c", $"protocol.version={version}", "clone", "--quiet", "--bare", Url, $"old{version}.git");
        Assert.DoesNotContain("< version 2", trace, StringComparison.Ordinal);
        Assert.Equal(await Git.RunAsync(site.Project, "rev-parse", "main"), await Git.RunAsync(site.Folder.Combine($"old{version}.git"), "rev-parse", "main"));
    }

    [Fact]
    public async Task Clone_Shallow_HasOneCommitAndIsDeepened()
    {
        await Git.RunAsync(site.Folder.Root, "clone", "--quiet", "--depth", "1", Url, "shallow");
        var clone = site.Folder.Combine("shallow");
        Assert.Equal("1", await Git.RunAsync(clone, "rev-list", "--count", "HEAD"));
        await Git.RunAsync(clone, "fetch", "--quiet", "--deepen", "4");
        Assert.Equal("5", await Git.RunAsync(clone, "rev-list", "--count", "HEAD"));
        await Git.RunAsync(clone, "fetch", "--quiet", "--unshallow");
        Assert.Equal($"{GitSite.Commits}", await Git.RunAsync(clone, "rev-list", "--count", "HEAD"));
    }

    [Fact]
    public async Task Clone_WithoutBlobs_FetchesThemWhenTheyAreNeeded()
    {
        await Git.RunAsync(site.Folder.Root, "clone", "--quiet", "--no-checkout", "--filter=blob:none", Url, "partial");
        var clone = site.Folder.Combine("partial");
        Assert.Equal(GitSite.Commits + 1, await CountMissingAsync(clone));
        await Git.RunAsync(clone, "checkout", "--quiet", "b3");
        Assert.Equal(GitSite.Commits + 1 - 4, await CountMissingAsync(clone));
        Assert.Equal("line 3\n", await File.ReadAllTextAsync(Path.Combine(clone, "src", "file 3.txt"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Push_MoreThanAMebibyte_GoesInChunksAndArrives()
    {
        var content = RandomNumberGenerator.GetBytes(3 << 20);
        var work = await CommitAsync("push", content);
        var trace = await Git.TraceAsync(work, "push", site.Server.At("/git/pushed.git"), "main");
        Assert.Contains("=> Send header: Transfer-Encoding: chunked", trace, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("=> Send header: POST /git/pushed.git/git-receive-pack", trace, StringComparison.Ordinal);
        var pushed = site.Folder.Combine("git", "pushed.git");
        await Git.RunAsync(pushed, "fsck", "--full", "--strict");
        Assert.Equal(await Git.RunAsync(work, "rev-parse", "HEAD"), await Git.RunAsync(pushed, "rev-parse", "main"));
        Assert.Equal($"{content.Length}", await Git.RunAsync(pushed, "cat-file", "-s", "main:content.bin"));
    }

    [Fact]
    public async Task Push_RepositoryThatAllowsNone_IsRefused()
    {
        var work = await CommitAsync("refused", [1, 2, 3]);
        var result = await Git.TryAsync(work, "push", site.Server.At("/git/closed.git"), "main");
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("The requested URL returned error: 403", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Push_BehindAPassword_NeedsItAndIsTheUsers()
    {
        var work = await CommitAsync("secret", [4, 5, 6]);
        var address = site.Server.At("/private/secret.git");
        var without = await Git.TryAsync(work, "push", address, "main");
        Assert.Contains("could not read Username", without.Errors, StringComparison.Ordinal);
        var wrong = await Git.TryAsync(work, "push", address.Replace("http://", "http://ada:guessed@", StringComparison.Ordinal), "main");
        Assert.Contains("Authentication failed", wrong.Errors, StringComparison.Ordinal);

        // The repository does not say that it may be pushed to: that is allowed because there is a user.
        var trace = await Git.TraceAsync(work, "push", address.Replace("http://", "http://ada:open%20sesame@", StringComparison.Ordinal), "main");
        Assert.Contains("<= Recv header: WWW-Authenticate: Basic realm=\"git\"", trace, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(await Git.RunAsync(work, "rev-parse", "HEAD"), await Git.RunAsync(site.Folder.Combine("private", "secret.git"), "rev-parse", "main"));
    }

    [Fact]
    public async Task Clone_ByFiles_Succeeds()
    {
        // What clients did before there was a protocol: they read the files of the repository, each with its type.
        await Git.RunAsync(site.Project, "update-server-info");
        using var response = await site.Server.Client.FetchAsync("/git/project.git/info/refs");
        Assert.Equal("text/plain", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains($"{await Git.RunAsync(site.Project, "rev-parse", "main")}\trefs/heads/main\n", await response.ReadTextAsync(), StringComparison.Ordinal);
        using var head = await site.Server.Client.FetchAsync("/git/project.git/HEAD");
        Assert.Equal("ref: refs/heads/main\n", await head.ReadTextAsync());
        using var packs = await site.Server.Client.FetchAsync("/git/project.git/objects/info/packs");
        Assert.Equal(HttpStatusCode.OK, packs.StatusCode);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Post_CompressedAndOfUnknownLength_IsUnpackedByTheProgram(bool chunked)
    {
        var wanted = $"want {await Git.RunAsync(site.Project, "rev-parse", "main")} no-progress\n";
        using var body = new MemoryStream();
        await using (var gzip = new GZipStream(body, CompressionLevel.Optimal, leaveOpen: true))
        {
            await gzip.WriteAsync(Encoding.ASCII.GetBytes($"{wanted.Length + 4:x4}{wanted}00000009done\n"), TestContext.Current.CancellationToken);
        }

        using var content = new ByteArrayContent(body.ToArray())
        {
            Headers = { ContentType = new MediaTypeHeaderValue("application/x-git-upload-pack-request"), ContentEncoding = { "gzip" } },
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/git/project.git/git-upload-pack") { Content = content };
        request.Headers.TransferEncodingChunked = chunked;
        using var response = await site.Server.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/x-git-upload-pack-result", response.Content.Headers.ContentType?.MediaType);
        var answer = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Assert.StartsWith("0008NAK\nPACK", Encoding.Latin1.GetString(answer), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/git/none.git/info/refs?service=git-upload-pack", HttpStatusCode.NotFound)]
    [InlineData("/git/project.git/config", HttpStatusCode.NotFound)]
    [InlineData("/git/../passwords", HttpStatusCode.NotFound)]
    [InlineData("/private/secret.git/HEAD", HttpStatusCode.Unauthorized)]
    public async Task Get_WhatIsNotServed_IsRefused(string target, HttpStatusCode status)
    {
        using var response = await site.Server.Client.FetchAsync(target);
        Assert.Equal(status, response.StatusCode);
    }

    private async Task<string> CommitAsync(string name, byte[] content)
    {
        await Git.RunAsync(site.Folder.Root, "init", "--quiet", "--initial-branch=main", name);
        site.Folder.Write($"{name}/content.bin", content);
        var work = site.Folder.Combine(name);
        await Git.RunAsync(work, "add", ".");
        await Git.RunAsync(work, "commit", "--quiet", "--message", name);
        return work;
    }

    private static async Task<int> CountMissingAsync(string clone) =>
        (await Git.RunAsync(clone, "rev-list", "--objects", "--all", "--missing=print")).Split('\n').Count(line => line.StartsWith('?'));
}
