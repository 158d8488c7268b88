using Webserv.Abstractions.Files;
using Webserv.Abstractions.Pipeline;
using Webserv.Testing.Files;

namespace Webserv.Plugins.Uploads.Tests;

/// <summary>A form of which a later file cannot be stored takes its earlier ones back, and nothing else.</summary>
public sealed class TakingBackTests
{
    private static readonly string Form = UploadSite.Form(("name=\"f\"; filename=\"a\"", "mine"), ("name=\"f\"; filename=\"b\"", "mine"));

    [Fact]
    public async Task Post_SecondNameIsTakenMeanwhile_TakesTheFirstBack()
    {
        await using var site = await SiteAsync(site => site.Write("b", "theirs"));
        Assert.Equal(409, (await site.PostAsync("/up/", Form)).StatusCode);
        Assert.Equal(["b"], site.Files);
    }

    [Fact]
    public async Task Post_FirstIsReplacedByAnotherProcessMeanwhile_LeavesThatFile()
    {
        await using var site = await SiteAsync(site =>
        {
            site.Write("b", "theirs");
            site.Write("new", "them");
            File.Move(Path.Combine(site.Directory, "new"), Path.Combine(site.Directory, "a"), overwrite: true);
        });
        Assert.Equal(409, (await site.PostAsync("/up/", Form)).StatusCode);
        Assert.Equal(["a", "b"], site.Files);
        Assert.Equal("them", site.Read("a"));
    }

    [Fact]
    public async Task Post_FirstIsDeletedAndMadeAnewMeanwhile_LeavesThatFile()
    {
        await using var site = await SiteAsync(site =>
        {
            site.Write("b", "theirs");
            File.Delete(Path.Combine(site.Directory, "a"));
            site.Write("a", "them");
        });
        Assert.Equal(409, (await site.PostAsync("/up/", Form)).StatusCode);
        Assert.Equal(["a", "b"], site.Files);
        Assert.Equal("them", site.Read("a"));
    }

    /// <summary>A site where something happens when the first file of the form is stored and the second is not.</summary>
    private static Task<UploadSite> SiteAsync(Action<UploadSite> meddle) =>
        UploadSite.CreateAsync(files: site => new MeddlingCache(() => meddle(site)));

    private sealed class MeddlingCache(Action meddle) : IOpenFileCache
    {
        private readonly TestFileCache _files = new();
        private bool _hasMeddled;

        public IDocumentRoot OpenRoot(IPipelineEntry entry, DocumentRootOptions options) => _files.OpenRoot(entry, options);

        public void Invalidate(string absolutePath)
        {
            if (!_hasMeddled)
            {
                _hasMeddled = true;
                meddle();
            }
        }
    }
}
