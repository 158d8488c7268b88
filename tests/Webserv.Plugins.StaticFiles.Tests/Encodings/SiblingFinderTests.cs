using Microsoft.Extensions.Logging.Abstractions;
using Moq;
using Webserv.Abstractions.Files;
using Webserv.Plugins.StaticFiles.Encodings;
using Webserv.Testing.Files;

namespace Webserv.Plugins.StaticFiles.Tests.Encodings;

/// <summary>Files from the future, whose times are those at which they were found.</summary>
public sealed class SiblingFinderTests : IDisposable
{
    private static readonly DateTime Found = new(2024, 2, 29, 12, 0, 0, DateTimeKind.Utc);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("webserv-sibling-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(3600, 3600, true)]
    [InlineData(3600, 3601, true)]
    [InlineData(3600, 3599, false)]
    [InlineData(5, 4000, false)] // Not from the future: the sibling has changed since, and what is known of it is old.
    public void Find_SiblingThatWasFoundBeforeTheFile_IsOneIfItIsAsNewOnDisk(int fileAt, int siblingAt, bool isOne) =>
        Assert.Equal(isOne, Find(Write("a.css", fileAt), Write("a.css.br", siblingAt)));

    [Fact]
    public void Find_LinkThatIsNewerThanWhatItLeadsTo_TellsNothing()
    {
        var target = Write("v1.css", 5);
        var link = Path.Combine(_folder.FullName, "a.css");
        File.CreateSymbolicLink(link, target);
        Assert.False(Find(link, Write("a.css.br", 2_000_000_000)));
    }

    private static bool Find(string path, string sibling)
    {
        var root = new Mock<IDocumentRoot>();
        root.Setup(r => r.FindSibling(It.IsAny<IFileEntry>(), ".br"))
            .Returns(new TestFileEntry(FileKind.File, sibling) { Length = 5, LastModified = Found });
        var finder = new SiblingFinder(root.Object, TimeProvider.System, NullLogger.Instance);
        var file = new TestFileEntry(FileKind.File, path) { Length = 8, LastModified = Found.AddSeconds(5) };
        return finder.Find(file, ContentCoding.Brotli) is not null;
    }

    private string Write(string name, int at)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, "a");
        File.SetLastWriteTimeUtc(path, Found.AddSeconds(at));
        return path;
    }
}
