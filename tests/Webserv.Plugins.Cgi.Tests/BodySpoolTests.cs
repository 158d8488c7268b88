using Webserv.Abstractions.Http;
using Webserv.Gateway.Exchange;
using Webserv.Plugins.Cgi.Tests.Fixtures;

namespace Webserv.Plugins.Cgi.Tests;

public sealed class BodySpoolTests
{
    [Theory]
    [InlineData(0, 10, true)]
    [InlineData(10, 10, true)]
    [InlineData(11, 10, false)]
    [InlineData(1, 0, false)]
    [InlineData(300_000, 65_536, false)]
    public async Task Read_Body_IsKeptInMemoryUpToTheLimit(int size, int memory, bool inMemory)
    {
        await using var spool = await BodySpool.ReadAsync(new PatternStream(size), memory, TestContext.Current.CancellationToken);
        Assert.Equal((size, inMemory), (spool.Length, spool is MemoryStream));
        for (var i = 0; i < size; i++)
        {
            Assert.Equal(PatternStream.At(i), spool.ReadByte());
        }

        Assert.Equal(-1, spool.ReadByte());
        Assert.False(spool is FileStream file && File.Exists(file.Name), "the temporary file still has a name");
    }

    [Fact]
    public async Task Read_Directory_HoldsTheFileAndNothingIsLeftThere()
    {
        var directory = Directory.CreateTempSubdirectory("cgi-spool-").FullName;
        await using (var spool = await BodySpool.ReadAsync(new PatternStream(20), 10, directory, TestContext.Current.CancellationToken))
        {
            Assert.Equal((20L, directory), (spool.Length, Path.GetDirectoryName(Assert.IsType<FileStream>(spool).Name)));
            Assert.Empty(Directory.GetFileSystemEntries(directory));
        }

        Directory.Delete(directory);
    }

    [Fact]
    public async Task Read_DirectoryMissing_Is507()
    {
        var directory = Path.Join(Path.GetTempPath(), Path.GetRandomFileName());
        var exception = await Assert.ThrowsAsync<HttpException>(
            () => BodySpool.ReadAsync(new PatternStream(20), 10, directory, TestContext.Current.CancellationToken));
        Assert.Equal(507, exception.StatusCode);
        Assert.Contains(directory, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_BodyFailsInTheFile_LeavesNothing()
    {
        var directory = Directory.CreateTempSubdirectory("cgi-spool-").FullName;
        var context = Webserv.Testing.Http.TestHttpContext.Post("/").WithBody(new PatternStream(300_000));
        context.Request.MaxBodySize = 200_000;
        var exception = await Assert.ThrowsAsync<HttpException>(
            () => BodySpool.ReadAsync(context.Request.Body, 10, directory, TestContext.Current.CancellationToken));
        Assert.Equal(413, exception.StatusCode);
        Assert.Empty(Directory.GetFileSystemEntries(directory));
        Directory.Delete(directory);
    }

    [Fact]
    public async Task Read_BodyFails_PassesTheReason()
    {
        var context = Webserv.Testing.Http.TestHttpContext.Post("/").WithBody(new PatternStream(100));
        context.Request.MaxBodySize = 10;
        var exception = await Assert.ThrowsAsync<HttpException>(
            () => BodySpool.ReadAsync(context.Request.Body, 1000, TestContext.Current.CancellationToken));
        Assert.Equal(413, exception.StatusCode);
    }
}
