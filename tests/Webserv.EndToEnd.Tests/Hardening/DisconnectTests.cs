using System.Net.Sockets;
using System.Text;
using Webserv.EndToEnd.Tests.Processes;

namespace Webserv.EndToEnd.Tests.Hardening;

/// <summary>A thousand clients that leave at a random moment, eight at a time, half of them with a reset.</summary>
public sealed class DisconnectTests
{
    [Fact]
    public async Task Disconnect_AThousandTimesAtRandom_LeavesNothingBehind()
    {
        await using var site = await TrialSite.StartAsync("\"HalfCloseTimeout\": \"1s\"");
        var open = await site.WarmUpAsync();
        var options = new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = TestContext.Current.CancellationToken };
        await Parallel.ForEachAsync(Enumerable.Range(0, 1000), options, async (seed, cancellation) => await LeaveAsync(site, new Random(seed), cancellation));
        await site.CheckUnharmedAsync(open);
    }

    private static async Task LeaveAsync(TrialSite site, Random random, CancellationToken cancellation)
    {
        using var client = await site.Server.ConnectAsync();
        var (request, answered) = Choose(random);
        try
        {
            await client.SendAsync(request);
            if (answered && random.Next(4) is var part and > 0)
            {
                // Nothing, a byte, some, or a lot of the answer.
                await client.Socket.ReceiveAsync(new byte[part == 1 ? 1 : part * 10_000], SocketFlags.None, cancellation);
            }
        }
        catch (SocketException)
        {
            // A server that refuses the rest of a body closes first; leaving is what this is about.
        }

        if (random.Next(2) == 0)
        {
            client.Reset();
        }
    }

    private static (byte[] Request, bool IsAnswered) Choose(Random random) => random.Next(7) switch
    {
        0 => (Text("GET /large.bin HTTP/1.1\r\nHost: x\r\n\r\n"), true),
        1 => (Text(string.Concat(Enumerable.Repeat("GET /small.html HTTP/1.1\r\nHost: x\r\n\r\n", random.Next(1, 50)))), true),
        2 => (Text("POST /up/ HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=B\r\nContent-Length: 9000000\r\n\r\n"
            + "--B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.txt\"\r\n\r\n" + new string('x', random.Next(500_000))), false),
        3 => (Text($"PUT /up/{random.Next()} HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000\r\n\r\n" + new string('x', random.Next(500_000))), false),
        4 => (Text("POST /cgi/upper.py HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFF\r\n" + new string('x', random.Next(300_000))), false),
        5 => (Text("GET /cgi/sleep.sh HTTP/1.1\r\nHost: x\r\n\r\n"), false),
        _ => (Text("GET /cgi/hello.sh HTTP/1.1\r\nHost: x\r\n\r\n"), true),
    };

    private static byte[] Text(string text) => Encoding.Latin1.GetBytes(text);
}
