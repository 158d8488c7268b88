using System.Net;
using System.Security.Cryptography;
using Webserv.EndToEnd.Tests.Site;

namespace Webserv.EndToEnd.Tests.Programs;

public sealed class FossilAndMercurialTests(FossilAndMercurialSite site) : IClassFixture<FossilAndMercurialSite>
{
    [Fact]
    public async Task Fossil_CloneCommitAndPush_ArriveAndAreShown()
    {
        (await site.RunAsync("fossil", "clone", site.Server.At("/fossil/project"), site.Folder.Combine("clone.fossil"))).Succeeded();
        var work = site.Folder.MakeDirectory("fossil");
        (await site.RunInAsync(work, "fossil", "open", site.Folder.Combine("clone.fossil"))).Succeeded();
        var content = RandomNumberGenerator.GetBytes(3 << 20);
        site.Folder.Write("fossil/content.bin", content);
        site.Folder.Write("fossil/ü.txt", "grüße\n");
        (await site.RunInAsync(work, "fossil", "add", ".")).Succeeded();
        var commit = (await site.RunInAsync(work, "fossil", "commit", "--no-warnings", "-m", "Änderung")).Succeeded();
        Assert.Contains("Sync done", commit, StringComparison.Ordinal);

        using (var raw = await site.Server.Client.FetchAsync("/fossil/project/raw/content.bin?name=content.bin&ci=trunk"))
        {
            Assert.Equal(content, await raw.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        }

        Assert.Contains("grüße", await site.Server.Client.GetTextAsync("/fossil/project/doc/trunk/%C3%BC.txt"), StringComparison.Ordinal);

        // Its entity-tag has no quotes; it is its own affair.
        using var timeline = await site.Server.Client.FetchAsync("/fossil/project/timeline");
        Assert.Contains("Änderung", await timeline.ReadTextAsync(), StringComparison.Ordinal);
        var tag = Assert.Single(timeline.Headers.NonValidated["ETag"]);
        using var known = await site.Server.Client.FetchAsync("/fossil/project/timeline", ("If-None-Match", tag));
        Assert.Equal(HttpStatusCode.NotModified, known.StatusCode);

        // It compresses by itself.
        using var packed = await site.Server.Client.FetchAsync("/fossil/project/timeline", ("Accept-Encoding", "gzip"));
        Assert.Equal(["gzip"], packed.Content.Headers.ContentEncoding);
        Assert.Equal([0x1F, 0x8B], (await packed.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken))[..2]);
    }

    [Fact]
    public async Task Mercurial_CloneCommitAndPush_ArriveAndAreShown()
    {
        (await site.RunAsync("hg", "clone", "--quiet", site.Server.At("/hg/project"), "hg-work")).Succeeded();
        var work = site.Folder.Combine("hg-work");
        var content = RandomNumberGenerator.GetBytes(3 << 20);
        site.Folder.Write("hg-work/content.bin", content);
        (await site.RunInAsync(work, "hg", "commit", "--quiet", "--addremove", "-m", "Änderung")).Succeeded();
        (await site.RunInAsync(work, "hg", "push", "--quiet")).Succeeded();
        using var raw = await site.Server.Client.FetchAsync("/hg/project/raw-file/tip/content.bin");
        Assert.Equal(content, await raw.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        using var page = await site.Server.Client.FetchAsync("/hg/project/shortlog");
        Assert.Contains("Änderung", await page.ReadTextAsync(), StringComparison.Ordinal);
        using var known = await site.Server.Client.FetchAsync("/hg/project/shortlog", ("If-None-Match", page.Headers.ETag!.ToString()));
        Assert.Equal(HttpStatusCode.NotModified, known.StatusCode);
    }
}
