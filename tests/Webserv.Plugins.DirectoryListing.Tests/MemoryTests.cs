using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Moq;
using Webserv.Abstractions.Files;
using Webserv.Abstractions.Pipeline;
using Webserv.Plugins.DirectoryListing.Reading;
using Webserv.Plugins.DirectoryListing.Requests;

namespace Webserv.Plugins.DirectoryListing.Tests;

/// <summary>A directory of a hundred thousand names: what is held while it is read. Nothing else may allocate meanwhile.</summary>
[Collection(nameof(AloneCollection))]
public sealed class MemoryTests
{
    private const int Names = 100_000;

    [Theory]
    [InlineData("", 1_000_000)]
    [InlineData("sort=size&order=desc", 1_000_000)]
    [InlineData("page=3", 2_000_000)]
    [InlineData("page=100", 16_000_000)]
    [InlineData("filter=none", 500_000)]
    public async Task ReadAsync_ManyNames_HoldsNoMoreThanUpToThePage(string query, long mostBytes)
    {
        var options = new DirectoryListingOptions();
        var directory = Mock.Of<IFileEntry>();
        var root = new Mock<IDocumentRoot>();
        long before = 0, held = 0;
        root.Setup(r => r.Enumerate(directory)).Returns(Enumerate);
        using var reader = new DirectoryReader(root.Object, options, new HiddenNames(options));
        var listing = await reader.ReadAsync(directory, ListingQuery.Parse(query), TestContext.Current.CancellationToken);

        Assert.Equal(query == "filter=none" ? 0 : 1000, listing.Items.Count);
        Assert.True(held <= mostBytes, $"{held:N0} bytes are held for '{query}'.");
        TestContext.Current.TestOutputHelper?.WriteLine($"{query}: {held:N0} bytes");

        IEnumerable<DirectoryItem> Enumerate()
        {
            before = GC.GetTotalMemory(forceFullCollection: true);
            for (var i = 0; i < Names; i++)
            {
                // In an order in which many are kept for a while and then not.
                yield return new DirectoryItem { Name = $"file-{i * 7919 % Names:000000}.dat", Kind = FileKind.File, Length = i };
            }

            held = GC.GetTotalMemory(forceFullCollection: true) - before;
        }
    }

    [Fact]
    public async Task WriteAsync_ManyNames_IsSentInPieces()
    {
        var options = new DirectoryListingOptions { PageSize = 100_000 };
        var root = new Mock<IDocumentRoot>();
        root.Setup(r => r.Find("/")).Returns(Mock.Of<IFileEntry>(entry => entry.Kind == FileKind.Directory));
        root.Setup(r => r.Enumerate(It.IsAny<IFileEntry>())).Returns(
            () => Enumerable.Range(0, Names).Select(i => new DirectoryItem { Name = $"file-{i:000000}.dat", Kind = FileKind.File }));
        var cache = Mock.Of<IOpenFileCache>(c => c.OpenRoot(It.IsAny<IPipelineEntry>(), It.IsAny<DocumentRootOptions>()) == root.Object);
        using var middleware = new DirectoryListingMiddleware(
            Options.Create(options), new Testing.Pipeline.TestPipelineEntry(), cache, NullLogger<DirectoryListingMiddleware>.Instance);
        foreach (var format in new[] { "html", "json", "text" })
        {
            var body = new CountingStream();
            var response = new Mock<Abstractions.Http.IHttpResponse>();
            response.SetupGet(r => r.Body).Returns(body);
            response.SetupGet(r => r.Headers).Returns(new Testing.Http.TestHttpContext("GET", "/").Response.Headers);
            var context = Mock.Of<Abstractions.Http.IHttpContext>(
                c => c.Request == Testing.Http.TestHttpContext.Get("/?format=" + format).Request && c.Response == response.Object);
            await middleware.InvokeAsync(context, (_, _) => Task.CompletedTask, TestContext.Current.CancellationToken);
            Assert.True(body.Total > Names * 40, $"{format}: {body.Total}");
            Assert.True(body.Largest <= 64 << 10, $"{format}: a piece of {body.Largest} bytes");
        }
    }

    private sealed class CountingStream : MemoryStream
    {
        public long Total { get; private set; }

        public int Largest { get; private set; }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Total += buffer.Length;
            Largest = Math.Max(Largest, buffer.Length);
            return ValueTask.CompletedTask;
        }
    }
}
