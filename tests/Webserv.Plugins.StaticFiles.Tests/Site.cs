using Microsoft.Extensions.Time.Testing;
using Webserv.Testing.Http;
using Webserv.Testing.Pipeline;
using Webserv.Testing.Plugins;

namespace Webserv.Plugins.StaticFiles.Tests;

/// <summary>A directory of its own with a few files, served by the plugin.</summary>
internal sealed class Site : IAsyncDisposable
{
    public static readonly DateTimeOffset Modified = new(2024, 2, 29, 12, 0, 0, TimeSpan.Zero);
    private TestPipeline _pipeline = null!;
    private PluginHost _host = null!;

    private Site()
    {
    }

    public string Root { get; } = Path.Combine(Path.GetTempPath(), "webserv-static-" + Guid.NewGuid().ToString("N"));

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<Site> CreateAsync(
        Action<StaticFilesOptions>? configure = null, string? alias = null, Action<TestPipeline>? before = null)
    {
        var site = new Site();
        site.Write("a.txt", "0123456789");
        site.Write("empty.txt", "");
        site.Write("index.html", "<p>home");
        site.Write("with/index.html", "<p>with");
        site.Write("without/b.html", "<p>b");
        site.Write("ü b/index.html", "<p>umlaut");
        site.Write(".hidden", "h");
        site._pipeline = new TestPipeline(site.Time);
        before?.Invoke(site._pipeline);
        site._host = await site._pipeline.LoadAsync<StaticFilesPlugin>(cancellation: Cancellation);
        await site._pipeline.UseAsync<StaticFilesOptions>(
            "StaticFiles", configure ?? (_ => { }), new TestPipelineEntry { Root = site.Root, RootMatchPath = alias }, Cancellation);
        return site;
    }

    public string Write(string path, string content)
    {
        var full = Path.Combine(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, content);
        File.SetLastWriteTimeUtc(full, Modified.UtcDateTime);
        return full;
    }

    /// <summary>Sends a request to the plugin alone.</summary>
    public Task<TestHttpResponse> SendAsync(TestHttpContext context) => _host.SendAsync(context, Cancellation);

    /// <summary>Sends a request through a pipeline, with error pages and local redirects.</summary>
    public Task<TestHttpResponse> SendThroughPipelineAsync(TestHttpContext context) => _pipeline.SendAsync(context, Cancellation);

    public async Task<string> GetTagAsync(string path) => (await SendAsync(TestHttpContext.Get(path))).Headers["ETag"].ToString();

    public async ValueTask DisposeAsync()
    {
        await _pipeline.DisposeAsync();
        Directory.Delete(Root, recursive: true);
    }
}
