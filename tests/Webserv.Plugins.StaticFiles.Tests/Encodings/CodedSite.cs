using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Webserv.Abstractions.Files;
using Webserv.Plugins.StaticFiles.Encodings;
using Webserv.Testing.Http;
using Webserv.Testing.Logging;
using Webserv.Testing.Pipeline;
using Webserv.Testing.Plugins;

namespace Webserv.Plugins.StaticFiles.Tests.Encodings;

/// <summary>A directory of its own, served by the plugin with files that a test can hold up while they are read.</summary>
internal sealed class CodedSite : IAsyncDisposable
{
    public static readonly DateTime Modified = new(2024, 2, 29, 12, 0, 0, DateTimeKind.Utc);

    private readonly bool _ownsRoot;
    private PluginHost _host = null!;

    private CodedSite(string? root)
    {
        _ownsRoot = root is null;
        Root = root ?? Directory.CreateTempSubdirectory("webserv-coded-").FullName;
    }

    public string Root { get; }

    public HeldFiles Files { get; } = new();

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public TestLog Log => _host.Log;

    /// <summary>What the cache of compressed files accounts for.</summary>
    public long Memory => ((StaticFilesMiddleware)_host.Pipeline[0]).CompressedMemory;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<CodedSite> CreateAsync(Action<StaticFilesOptions> configure, string? root = null)
    {
        var site = new CodedSite(root);
        site._host = await PluginHost.CreateAsync<StaticFilesPlugin>(
            services => services.AddSingleton<IOpenFileCache>(site.Files), site.Time, Cancellation);
        await site._host.UseAsync("StaticFiles", configure, new TestPipelineEntry { Root = site.Root }, Cancellation);
        return site;
    }

    public static Task<CodedSite> CreatePrecompressedAsync(params string[] codings) =>
        CreateAsync(options => options.Precompressed = codings);

    public static Task<CodedSite> CreateCompressingAsync(Action<CompressionOptions>? configure = null) => CreateAsync(options =>
    {
        options.Compression.Codings = ["br", "zstd", "gzip"];
        options.Compression.MaxConcurrent = 4;
        configure?.Invoke(options.Compression);
    });

    /// <summary>Text that becomes much smaller, different for every seed.</summary>
    public static string Text(int length, int seed = 1)
    {
        var random = new Random(seed);
        var text = new StringBuilder(length + 20);
        while (text.Length < length)
        {
            text.Append("line ").Append(random.Next(1000)).Append(" of a text\n");
        }

        return text.ToString(0, length);
    }

    public string Write(string path, string content, DateTime? modified = null) => Write(path, Encoding.UTF8.GetBytes(content), modified);

    public string Write(string path, byte[] content, DateTime? modified = null)
    {
        var full = Path.Combine(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllBytes(full, content);
        File.SetLastWriteTimeUtc(full, modified ?? Modified);
        return full;
    }

    /// <summary>Writes a file and what it is in a coding.</summary>
    public void WriteSibling(string path, string content, ContentCoding coding, DateTime? modified = null) =>
        Write(path + coding.Suffix, CodedBytes.Encode(coding, Encoding.UTF8.GetBytes(content)), modified);

    public Task<TestHttpResponse> SendAsync(TestHttpContext context, CancellationToken? cancellation = null) =>
        _host.SendAsync(context, cancellation ?? Cancellation);

    public Task<TestHttpResponse> GetAsync(string path, string? acceptEncoding = "gzip, deflate, br, zstd") =>
        SendAsync(acceptEncoding is null ? TestHttpContext.Get(path) : TestHttpContext.Get(path).WithHeader("Accept-Encoding", acceptEncoding));

    /// <summary>Waits until so many compressions of a file have ended well and nothing of them is left to do.</summary>
    public Task WaitUntilCompressedAsync(string name, int count) => WaitAsync(
        () => Log.Entries.Count(entry => entry.Message.StartsWith($"{Root}/{name}: compressed into ", StringComparison.Ordinal)) == count);

    /// <summary>Waits for a change that nobody tells of.</summary>
    public static async Task WaitAsync(Func<bool> condition)
    {
        var start = Environment.TickCount64;
        while (!condition())
        {
            Assert.True(Environment.TickCount64 - start < 20_000, "it has not come within 20 seconds");
            Cancellation.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    /// <summary>Ends the plugin without the directory.</summary>
    public ValueTask StopAsync() => _host.DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        Files.Dispose();
        if (_ownsRoot)
        {
            Directory.Delete(Root, recursive: true);
        }
    }
}
