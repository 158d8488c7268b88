using System.Collections;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Microsoft.Extensions.Time.Testing;
using Moq;
using Webserv.Abstractions.Files;
using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;
using Webserv.Plugins.StaticFiles.Encodings;
using Webserv.Testing.Files;
using Webserv.Testing.Pipeline;

namespace Webserv.Plugins.StaticFiles.Tests;

public sealed class StaticFilesAllocationTests
{
    [Theory]
    [InlineData("", "", 200, "")]
    [InlineData("If-None-Match", "\"264-0-1\"", 304, "")]
    [InlineData("If-Modified-Since", "Thu, 01 Jan 1970 00:00:00 GMT", 304, "")]
    [InlineData("If-Modified-Since", "Thu Jan  1 00:00:00 1970", 304, "")]
    [InlineData("Range", "bytes=100-199", 206, "")]
    [InlineData("Range", "bytes=-1", 206, "")]
    [InlineData("", "", 200, "TryFiles")]
    [InlineData("", "", 200, "CaseSensitivity")]
    [InlineData("", "", 200, "Fallback")]
    public void InvokeAsync_Hit_AllocatesNothing(string condition, string value, int status, string policy)
    {
        var options = new StaticFilesOptions
        {
            NoSniff = true,
            ExtraFields = { ["Content-Security-Policy"] = "sandbox" },
            CacheRules =
            {
                new() { Match = ["/assets/*", "*.js"], CacheControl = "immutable" },
                new() { Match = ["index.html"], Expires = TimeSpan.FromHours(1) },
            },
        };
        switch (policy)
        {
            case "TryFiles":
                options.TryFiles = ["/maintenance.html", "{path}.html", "{path}", "{path}/", "=404"];
                break;
            case "CaseSensitivity":
                options.CaseSensitivity = CaseSensitivity.Ignore;
                break;
            case "Fallback":
                options.Fallback = "/index.html";
                break;
        }

        var file = new Entry();
        AssertNoAllocation(new Root(file, onlyIndex: policy == "Fallback"), options, condition, value, status, status == 304 ? 0 : 2000);
    }

    [Theory]
    [InlineData("", "", 200, 2000)]
    [InlineData("If-None-Match", "\"264-0-1.zst\"", 304, 0)]
    [InlineData("Range", "bytes=0-9", 206, 2000)]
    public void InvokeAsync_Precompressed_AllocatesNothing(string condition, string value, int status, int sent)
    {
        var root = new Root(new Entry(), siblingSuffix: ".zst");
        AssertNoAllocation(root, new StaticFilesOptions { Precompressed = ["br", "gzip", "zstd"] }, condition, value, status, sent);
    }

    [Fact]
    public void InvokeAsync_PrecompressedAndCompressionWhereNothingIsAcceptable_AllocatesNothing()
    {
        var options = new StaticFilesOptions { Precompressed = ["br", "gzip", "zstd"], Compression = { Codings = ["br"], MinSize = 1 } };
        AssertNoAllocation(new Root(new Entry(), siblingSuffix: ".none"), options, "Accept-Encoding", "deflate", 200, 2000);
    }

    [Fact]
    public void InvokeAsync_NotModifiedAndNeverCompressedYet_AllocatesNothing()
    {
        var options = new StaticFilesOptions { Compression = { Codings = ["br"], MinSize = 1 } };
        var coded = new CodedVersion(new Entry(), [new Compressor(ContentCoding.Brotli, CompressionEffort.Balanced)]);
        AssertNoAllocation(new Root(new Entry()), options, "If-None-Match", coded[ContentCoding.Brotli].EntityTag, 304, 0);
    }

    private static void AssertNoAllocation(Root root, StaticFilesOptions options, string condition, string value, int status, int sent)
    {
        var cache = new Mock<IOpenFileCache>();
        cache.Setup(c => c.OpenRoot(It.IsAny<IPipelineEntry>(), It.IsAny<DocumentRootOptions>())).Returns(root);
        var middleware = new StaticFilesMiddleware(
            Options.Create(options), new TestPipelineEntry { Root = "/srv" }, cache.Object, new FakeTimeProvider(), NullLogger<StaticFilesMiddleware>.Instance);
        var context = new Context(new FieldsOf(condition, value));
        RequestDelegate next = (_, _) => throw new InvalidOperationException("The file is there.");
        Serve(middleware, context, next);

        // While the runtime compiles with optimisation, a round may be spoiled; the steady state may not.
        var allocated = -1L;
        var rounds = 1;
        while (allocated != 0 && rounds++ < 20)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            Serve(middleware, context, next);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal(0, allocated);
        Assert.Equal((status, sent / 2 * rounds), (context.StatusCode, context.Sent));
    }

    private static void Serve(StaticFilesMiddleware middleware, Context context, RequestDelegate next)
    {
        for (var i = 0; i < 1000; i++)
        {
            context.StatusCode = 200;
            Assert.True(middleware.InvokeAsync(context, next, CancellationToken.None).IsCompletedSuccessfully);
        }
    }

    private sealed class Entry(string suffix = "") : IFileEntry
    {
        public FileKind Kind => FileKind.File;

        public string PhysicalPath { get; } = "/srv/index.html" + suffix;

        public long Length => 612;

        public DateTimeOffset LastModified => DateTimeOffset.UnixEpoch;

        public string LastModifiedField => "Thu, 01 Jan 1970 00:00:00 GMT";

        public string EntityTag { get; } = $"\"264-0-1{suffix}\"";
    }

    private sealed class Root(IFileEntry file, bool onlyIndex = false, string siblingSuffix = "") : IDocumentRoot
    {
        private readonly Entry _sibling = new(siblingSuffix);
        private readonly TestFileEntry _missing = new(FileKind.Missing, "/srv/nothing");
        private readonly TestFileEntry _directory = new(FileKind.Directory, "/srv");

        public string Directory => "/srv";

        // An application: "/" is a directory with an index file, and with Fallback it is there and nothing else.
        public IFileEntry Find(string requestPath) => requestPath == "/" && !onlyIndex ? _directory : requestPath == "/index.html" ? file : _missing;

        public IFileEntry FindIn(IFileEntry directory, string name) => file;

        public IFileEntry FindSibling(IFileEntry found, string suffix) => suffix == siblingSuffix ? _sibling : _missing;

        public Stream OpenRead(IFileEntry found) => throw new NotSupportedException();

        public IFileEntry FindAgain(IFileEntry entry) => entry;

        public IEnumerable<DirectoryItem> Enumerate(IFileEntry directory) => throw new NotSupportedException();
    }

    private sealed class FieldsOf(string name, string value) : IHeaderCollection
    {
        public int Count => 1;

        public StringValues this[string field]
        {
            get => field == name ? value : field == Fields.AcceptEncoding ? "gzip, deflate, br, zstd" : StringValues.Empty;
            set { }
        }

        public bool Contains(string field) => field == name;

        public void Append(string field, string text)
        {
        }

        public IEnumerator<KeyValuePair<string, StringValues>> GetEnumerator() => throw new NotSupportedException();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }

    private sealed class Context(IHeaderCollection fields) : IHttpContext, IHttpRequest, IHttpResponse
    {
        public int Sent { get; private set; }

        public IHttpRequest Request => this;

        public IHttpResponse Response => this;

        public int StatusCode { get; set; } = 200;

        public string Method => HttpMethods.Get;

        public string Path => "/";

        public string RawTarget => "/";

        public string Query => "";

        public string Scheme => "http";

        public string Host => "localhost";

        public Version HttpVersion => System.Net.HttpVersion.Version11;

        public IHeaderCollection Headers => fields;

        public long? ContentLength { get; set; }

        public long? MaxBodySize { get; set; }

        public Stream Body => Stream.Null;

        public bool HasStarted => false;

        public IConnectionInfo Connection => throw new NotSupportedException();

        public IVirtualServer VirtualServer => throw new NotSupportedException();

        public string TraceId => "1";

        public IDictionary<object, object?> Items => throw new NotSupportedException();

        public TFeature? GetFeature<TFeature>()
            where TFeature : class => null;

        public void OnStarting(Func<Task> callback) => throw new NotSupportedException();

        public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellation) => throw new NotSupportedException();

        public Task SendFileAsync(IFileEntry file, long offset, long count, CancellationToken cancellation)
        {
            Sent++;
            return Task.CompletedTask;
        }
    }
}
