using System.Net;
using System.Text.RegularExpressions;
using Webserv.Abstractions.Files;
using Webserv.Testing.Files;
using Webserv.Testing.Http;
using Webserv.Testing.Pipeline;
using Webserv.Testing.Plugins;

namespace Webserv.Plugins.DirectoryListing.Tests;

/// <summary>A folder to be listed, and something beside it that must not be.</summary>
internal sealed partial class ListingFolder : IDisposable
{
    private readonly DirectoryInfo _outer = Directory.CreateTempSubdirectory("webserv-listing-");

    public ListingFolder() => Root = _outer.CreateSubdirectory("root").FullName;

    public string Root { get; }

    public string Outer => _outer.FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _outer.Delete(recursive: true);

    public void Write(string name, int length = 1, DateTime? date = null) => Write(name, new byte[length], date);

    public void Write(string name, string text) => Write(name, System.Text.Encoding.UTF8.GetBytes(text), null);

    public void Folder(string name, DateTime? date = null)
    {
        var path = Directory.CreateDirectory(Path.Combine(Root, name)).FullName;
        Directory.SetLastWriteTimeUtc(path, date ?? DateTime.UnixEpoch);
    }

    public void Link(string name, string target) => File.CreateSymbolicLink(Path.Combine(Root, name), target);

    public Task<TestHttpResponse> GetAsync(string target, Action<DirectoryListingOptions>? configure = null, string? accept = null)
    {
        var context = TestHttpContext.Get(target);
        return SendAsync(accept is null ? context : context.WithHeader("Accept", accept), configure);
    }

    public async Task<TestHttpResponse> SendAsync(TestHttpContext context, Action<DirectoryListingOptions>? configure = null)
    {
        await using var host = await PluginHost.CreateAsync<DirectoryListingPlugin>(cancellation: Cancellation);
        var entry = new TestPipelineEntry { Root = Root, ConfigurationDirectory = Outer };
        await host.UseAsync("DirectoryListing", configure ?? (_ => { }), entry, Cancellation);
        return await host.SendAsync(context, Cancellation);
    }

    /// <summary>What the links and names of a page are, in order.</summary>
    public static (string Href, string Name)[] Links(TestHttpResponse response) =>
        [.. Rows().Matches(response.BodyText).Select(match => (WebUtility.HtmlDecode(match.Groups[1].Value), WebUtility.HtmlDecode(match.Groups[2].Value)))];

    public static string Names(TestHttpResponse response) => string.Join(' ', Links(response).Select(link => link.Name));

    public IDocumentRoot Open(DocumentRootOptions? options = null) =>
        new TestFileCache().OpenRoot(new TestPipelineEntry { Root = Root }, options ?? new DocumentRootOptions());

    [GeneratedRegex("class=\"name\"><a href=\"(\\./[^\"]*)\"><svg[^>]*><use[^>]*/></svg><bdi>([^<]*)</bdi>")]
    private static partial Regex Rows();

    private void Write(string name, byte[] content, DateTime? date)
    {
        var path = Root + "/" + name;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        File.SetLastWriteTimeUtc(path, date ?? DateTime.UnixEpoch);
    }
}
