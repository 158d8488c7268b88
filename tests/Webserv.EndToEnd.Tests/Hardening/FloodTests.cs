using System.Net.Sockets;
using System.Text;
using Webserv.EndToEnd.Tests.Processes;

namespace Webserv.EndToEnd.Tests.Hardening;

/// <summary>Clients that send what nobody should: all at once, and the server's memory stays where it was.</summary>
public sealed class FloodTests(ImpatientSite impatient) : IClassFixture<ImpatientSite>
{
    private const long MaxGrowth = 50 * 1024 * 1024;

    [Fact]
    public async Task Flood_OfEverything_IsRefusedWithoutHarm()
    {
        await using var site = await TrialSite.StartAsync(ImpatientSite.Times);
        var open = await site.WarmUpAsync();
        var before = site.Server.ResidentBytes();

        await FloodAsync(site, 200, seed => Garbage(new Random(seed)), [400, 408]);
        await FloodAsync(site, 20, _ => "GET /" + new string('a', 500_000), [414]);
        await FloodAsync(site, 20, _ => "GET / HTTP/1.1\r\nHost: x\r\nA: " + new string('a', 500_000), [431]);
        await FloodAsync(site, 20, _ => "GET / HTTP/1.1\r\nHost: x\r\n" + string.Concat(Enumerable.Repeat("A: b\r\n", 80_000)), [431]);
        await FloodAsync(site, 200, _ => "GET / HTTP/1.1\r\nHost: x\r\n", [408]);
        await FloodAsync(site, 40, seed => $"PUT /up/{seed} HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc", [408]);
        await FloodAsync(site, 20, _ => "POST /cgi/count.py HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc", [408]);

        Assert.True(site.Server.ResidentBytes() - before < MaxGrowth, $"{before} bytes before, {site.Server.ResidentBytes()} after");
        await site.CheckUnharmedAsync(open);
    }

    [Theory]
    [InlineData("ffffffffffffffff\r\n", 400)]
    [InlineData("-5\r\n", 400)]
    [InlineData("5\r\nabcdefgh\r\n", 400)]
    [InlineData("5\r\nabc\r\n0\r\n\r\n", 400)]
    [InlineData("zz\r\n", 400)]
    [InlineData("3\nabc\n0\n\n", 400)]
    [InlineData("3\r\nabc\r\n", 408)]
    public async Task Post_ChunksThatLie_IsRefusedByScriptsAndUploads(string chunks, int status)
    {
        var site = impatient.Site;
        foreach (var target in new[] { "POST /cgi/count.py", "PUT /up/lie" })
        {
            var answer = await site.ExchangeAsync($"{target} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}");
            Assert.Equal(status, TrialSite.StatusOf(answer));
        }

        await site.CheckUnharmedAsync(impatient.Open);
    }

    [Theory]
    [InlineData("/large.bin")]
    [InlineData("/cgi/much.py")]
    public async Task Get_ReaderThatTakesNothing_IsCutWithAReset(string path)
    {
        await using var site = await TrialSite.StartAsync(ImpatientSite.Times);
        site.Folder.WriteScript("cgi/much.py", "import sys\nsys.stdout.write('Content-Type: text/plain\\n\\n' + 'x' * 30000000)\n");
        var open = await site.WarmUpAsync();
        var before = site.Server.ResidentBytes();
        var readers = new List<Socket>();
        try
        {
            for (var i = 0; i < 20; i++)
            {
                var reader = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
                readers.Add(reader);
                await reader.ConnectAsync(site.Server.Address.Host, site.Server.Address.Port, TestContext.Current.CancellationToken);
                await reader.SendAsync(Encoding.Latin1.GetBytes($"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n"), TestContext.Current.CancellationToken);
            }

            // Until the server cuts them, nobody reads: the sockets tell of the reset without it.
            await Eventually.HoldsAsync(
                () => readers.TrueForAll(reader => reader.Poll(0, SelectMode.SelectError) || IsReset(reader)),
                () => "some readers were not cut",
                TimeSpan.FromSeconds(60)); // Twenty interpreters may take a while to start.
            Assert.True(site.Server.ResidentBytes() - before < MaxGrowth, $"{before} bytes before, {site.Server.ResidentBytes()} after");
        }
        finally
        {
            readers.ForEach(reader => reader.Dispose());
        }

        await site.CheckUnharmedAsync(open);
    }

    private static bool IsReset(Socket socket) => (int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)! != 0;

    private static async Task FloodAsync(TrialSite site, int count, Func<int, string> request, int[] allowed)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = 200, CancellationToken = TestContext.Current.CancellationToken };
        await Parallel.ForEachAsync(Enumerable.Range(0, count), options, async (seed, _) =>
        {
            var answer = await site.ExchangeAsync(request(seed));
            Assert.Contains(TrialSite.StatusOf(answer), allowed);
        });
    }

    private static string Garbage(Random random)
    {
        var bytes = new byte[random.Next(1, 60_000)];
        random.NextBytes(bytes);
        return Encoding.Latin1.GetString(bytes);
    }
}
