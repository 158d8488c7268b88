using System.Globalization;
using Webserv.EndToEnd.Tests.Processes;

namespace Webserv.EndToEnd.Tests.Site;

/// <summary>
/// Programs that resume the download of 5 GiB, of which they lack the last bit: what is not fetched is a hole on both sides. The
/// whole file takes too long here; benchmarks/downloads fetches it.
/// </summary>
public sealed class DownloadTests : IAsyncLifetime
{
    private const long Length = 5L << 30;
    private const int Missing = 3 << 20;

    private readonly ServerFolder _folder = new();
    private ServerProcess _server = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Source => _folder.Combine("www", "large.bin");

    public async ValueTask InitializeAsync()
    {
        _folder.MakeDirectory("www");
        _folder.MakeDirectory("got");
        using (var file = File.OpenHandle(Source, FileMode.CreateNew, FileAccess.Write))
        {
            RandomAccess.SetLength(file, Length);
            var marks = new byte[Missing + 1000];
            new Random(5).NextBytes(marks);
            RandomAccess.Write(file, marks.AsSpan(0, 1000), (4L << 30) - 500);
            RandomAccess.Write(file, marks.AsSpan(1000), Length - Missing);
        }

        _folder.Configure("""
            { "Webserv": { "VirtualServers": [ {
                "Name": "downloads", "Listen": [ "http://127.0.0.1:0" ], "Root": "www", "Pipeline": [ { "Use": "StaticFiles" } ] } ] } }
            """);
        _server = await ServerProcess.StartAsync(_folder);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("curl", "curl", "-q -sS --noproxy * -C - -o large.bin")]
    [InlineData("wget", "wget", "--no-config -q --no-proxy -c -O large.bin")]
    [InlineData("aria2c", "aria2", "-q --no-conf --all-proxy= -x8 -s8 -k1M -c --file-allocation=none -o large.bin")]
    public async Task Resume_BeyondFourGiB_FetchesWhatIsMissing(string program, string package, string arguments)
    {
        var target = _folder.Combine("got", "large.bin");
        using (var begun = File.OpenHandle(target, FileMode.CreateNew, FileAccess.Write))
        {
            RandomAccess.SetLength(begun, Length - Missing);
        }

        var result = await ExternalProgram.RunAsync(
            ExternalProgram.Find(program, package), [.. arguments.Split(' '), new Uri(_server.Address, "/large.bin").ToString()], _folder.Combine("got"));
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal(Length, new FileInfo(target).Length);
        Assert.Equal(Read(Source, Length - Missing, Missing), Read(target, Length - Missing, Missing));
    }

    [Fact]
    public async Task Curl_RangesAroundFourGiB_AreThoseBytes()
    {
        const long Middle = 4L << 30;
        var target = _folder.Combine("got", "part.bin");
        var range = string.Create(CultureInfo.InvariantCulture, $"{Middle - 700}-{Middle + 699}");
        (await ExternalProgram.CurlAsync("-f", "-r", range, "-o", target, new Uri(_server.Address, "/large.bin").ToString())).Succeeded();
        Assert.Equal(Read(Source, Middle - 700, 1400), await File.ReadAllBytesAsync(target, Cancellation));

        var two = await ExternalProgram.CurlAsync("-f", "-D", "-", "-r", range + ",-1", "-o", "/dev/null", new Uri(_server.Address, "/large.bin").ToString());
        Assert.Contains("multipart/byteranges", two.Succeeded(), StringComparison.Ordinal);
    }

    private static byte[] Read(string path, long offset, int count)
    {
        using var file = File.OpenHandle(path);
        var bytes = new byte[count];
        Assert.Equal(count, RandomAccess.Read(file, bytes, offset));
        return bytes;
    }
}
