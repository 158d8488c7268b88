using System.Security.Cryptography;
using Webserv.EndToEnd.Tests.Processes;

namespace Webserv.EndToEnd.Tests.Site;

public sealed class LargeBodyTests(SampleSite site) : IClassFixture<SampleSite>
{
    private const int Blocks = 100;
    private const int BlockSize = 1_000_000;
    private const long MemoryLimit = 150 * 1024 * 1024;

    [Fact]
    public async Task Post_HundredMegabytesInChunksThroughAScript_ComeBackInUpperCaseWithinTheMemory()
    {
        var source = site.Folder.Combine("lower.txt");
        var expected = await WriteAsync(source);
        var copy = site.Folder.Combine("upper.txt");
        var curl = await ExternalProgram.CurlAsync(
            "-f", "-X", "POST", "-T", source, "-H", "Transfer-Encoding: chunked", "-H", "Content-Type: application/octet-stream",
            "-o", copy, new Uri(site.Server.Address, "/cgi-bin/upper.py").ToString());
        curl.Succeeded();
        await using var stream = File.OpenRead(copy);
        Assert.Equal((long)Blocks * BlockSize, stream.Length);
        Assert.Equal(expected, await SHA256.HashDataAsync(stream, TestContext.Current.CancellationToken));
        var peak = site.Server.PeakResidentBytes();
        Assert.True(peak < MemoryLimit, $"The server had {peak / 1024 / 1024} MiB in memory.");
    }

    /// <summary>Writes letters and digits that differ from block to block.</summary>
    /// <returns>The hash of what they are in upper case.</returns>
    private static async Task<byte[]> WriteAsync(string file)
    {
        var random = new Random(7);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var stream = File.Create(file);
        var block = new byte[BlockSize];
        var upper = new byte[BlockSize];
        for (var number = 0; number < Blocks; number++)
        {
            random.GetItems("abcdefghijklmnopqrstuvwxyz0123456789\n"u8, block);
            for (var at = 0; at < BlockSize; at++)
            {
                upper[at] = (byte)char.ToUpperInvariant((char)block[at]);
            }

            hash.AppendData(upper);
            await stream.WriteAsync(block, TestContext.Current.CancellationToken);
        }

        return hash.GetHashAndReset();
    }
}
