using System.Globalization;
using Webserv.EndToEnd.Tests.Processes;

namespace Webserv.EndToEnd.Tests.Hardening;

/// <summary>Every request is cut at every byte, and its connection then closed, half-closed or reset.</summary>
public sealed class CutRequestTests
{
    private const string Form =
        "--B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.txt\"\r\n\r\nhello\r\n--B--\r\n";

    private static readonly string[] Requests =
    [
        "GET /small.html HTTP/1.1\r\nHost: x\r\n\r\n",
        "POST /cgi/count.py HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n0123456789",
        "POST /cgi/count.py HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n3;a=b\r\nabc\r\n0\r\nX: y\r\n\r\n",
        string.Create(CultureInfo.InvariantCulture,
            $"POST /up/ HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=B\r\nContent-Length: {Form.Length}\r\n\r\n{Form}"),
        "PUT /up/b.txt HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n0123456789",
    ];

    [Fact]
    public async Task Close_AfterEveryByte_LeavesNothingBehind()
    {
        await using var site = await TrialSite.StartAsync();
        var open = await site.WarmUpAsync();
        await ForEveryCutAsync(site, (client, _, _) =>
        {
            client.Dispose();
            return Task.CompletedTask;
        });
        await site.CheckUnharmedAsync(open);
    }

    [Fact]
    public async Task Reset_AfterEveryByte_LeavesNothingBehind()
    {
        await using var site = await TrialSite.StartAsync();
        var open = await site.WarmUpAsync();
        await ForEveryCutAsync(site, (client, _, _) =>
        {
            client.Reset();
            return Task.CompletedTask;
        });
        await site.CheckUnharmedAsync(open);
    }

    [Fact]
    public async Task HalfClose_AfterEveryByte_ClosesWithinTheHeadAndAnswers400WithinTheBody()
    {
        await using var site = await TrialSite.StartAsync();
        var open = await site.WarmUpAsync();
        await ForEveryCutAsync(site, async (client, request, length) =>
        {
            client.ShutdownSend();
            var answer = await client.ReadToEndAsync();
            var bodyBegins = request.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
            Assert.True(
                TrialSite.StatusOf(answer) == (length < bodyBegins ? 0 : 400), $"after {request[..length]}\nthe answer was {answer}");
        });
        await site.CheckUnharmedAsync(open);
    }

    private static async Task ForEveryCutAsync(TrialSite site, Func<RawClient, string, int, Task> end)
    {
        var cuts = Requests.SelectMany(request => Enumerable.Range(0, request.Length).Select(length => (request, length)));
        var options = new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = TestContext.Current.CancellationToken };
        await Parallel.ForEachAsync(cuts, options, async (cut, _) =>
        {
            using var client = await site.Server.ConnectAsync();
            await client.SendAsync(cut.request[..cut.length]);
            await end(client, cut.request, cut.length);
        });
    }
}
