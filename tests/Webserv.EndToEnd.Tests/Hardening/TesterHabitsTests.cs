using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Webserv.EndToEnd.Tests.Processes;

namespace Webserv.EndToEnd.Tests.Hardening;

/// <summary>What testers of web servers are known to try.</summary>
public sealed class TesterHabitsTests
{
    [Fact]
    public async Task PostChunked_100MBToAScriptThatStopsReadingWhenItsAnswerIsNotRead_ComesBackWhole()
    {
        const int Chunk = 64 * 1024;
        const int Chunks = 1600;
        var folder = TrialSite.Prepare();

        // Answers while it reads, and reads no further while 128 KiB of its answer lie unread: both pipes are full then.
        folder.WriteScript("cgi/upper.py", """
            import os
            os.write(1, b"Content-Type: application/octet-stream\r\n\r\n")
            os.set_blocking(1, False)
            import select
            unread = b""
            ended = False
            while unread or not ended:
                reading = [0] if not ended and len(unread) < 131072 else []
                readable, writable, _ = select.select(reading, [1] if unread else [], [])
                if readable:
                    body = os.read(0, 65536)
                    ended = not body
                    unread += body.upper()
                if writable:
                    unread = unread[os.write(1, unread[:65536]):]
            """);
        await using var site = await TrialSite.StartAsync(folder);
        using var client = await site.Server.ConnectAsync();
        var cancellation = TestContext.Current.CancellationToken;
        var sending = Task.Run(
            async () =>
            {
                await client.SendAsync("POST /cgi/upper.py HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n");
                var chunk = Encoding.Latin1.GetBytes($"{Chunk:x}\r\n{new string('a', Chunk)}\r\n");
                for (var i = 0; i < Chunks; i++)
                {
                    await client.SendAsync(chunk);
                }

                await client.SendAsync("0\r\n\r\n");
            },
            cancellation);

        long letters = 0;
        var buffer = new byte[256 * 1024];
        var begin = new StringBuilder();
        int count;
        while ((count = await client.Socket.ReceiveAsync(buffer, SocketFlags.None, cancellation)) > 0)
        {
            if (begin.Length < 200)
            {
                begin.Append(Encoding.Latin1.GetString(buffer, 0, Math.Min(count, 300)));
            }

            // Chunk sizes are sent in lower case or as digits above 9; only letters behind a head in mixed case matter.
            letters += buffer.AsSpan(0, count).Count((byte)'A');
        }

        await sending;
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", begin.ToString(), StringComparison.Ordinal);
        Assert.InRange(letters, (long)Chunk * Chunks, ((long)Chunk * Chunks) + 100_000);
        Assert.True(site.Server.PeakResidentBytes() < 150 * 1024 * 1024, $"{site.Server.PeakResidentBytes()} bytes of memory");
    }

    [Fact]
    public async Task Head_WhereOnlyGetIsAllowedAndImplicitHeadIsOff_Is405WithAllow()
    {
        await using var site = await StartAsync("""
            { "When": { "Path": "/only/*" }, "Root": "www", "AllowedMethods": ["GET"], "ImplicitHead": false, "Pipeline": [ { "Use": "StaticFiles" } ] }
            """);
        var head = await site.ExchangeAsync("HEAD /only/small.html HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        Assert.Equal(405, TrialSite.StatusOf(head));
        Assert.Contains("\r\nAllow: GET, OPTIONS\r\n", head, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n", head, StringComparison.Ordinal);
        Assert.Equal(200, TrialSite.StatusOf(await site.ExchangeAsync("GET /only/small.html HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")));
    }

    [Fact]
    public async Task Post_FullPathInfoAndNoScriptFile_RunsTheProgramWithTheWholePath()
    {
        await using var site = await StartAsync("""
            { "When": { "Extensions": [".bla"] }, "AllowedMethods": ["GET", "POST"], "Pipeline": [ { "Use": "Cgi", "Options": {
                "Interpreters": { ".bla": "/bin/sh ${WEBSERV_TRIAL_PROGRAM}" }, "PathInfo": "FullPath", "CheckScriptExists": false } } ] }
            """);
        var answer = await site.ExchangeAsync("POST /dir/no/such/youpi.bla?a=b HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc");
        Assert.Equal("/dir/no/such/youpi.bla a=b abc", TrialSite.BodyOf(answer));
    }

    [Fact]
    public async Task Put_TwentyClientsTheSameName_LeavesOneWholeFile()
    {
        const int Length = 300_000;
        await using var site = await TrialSite.StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(async client =>
        {
            var answer = await site.ExchangeAsync(string.Create(CultureInfo.InvariantCulture,
                $"PUT /up/same HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {Length}\r\n\r\n{new string((char)('a' + client), Length)}"));
            Assert.Contains(TrialSite.StatusOf(answer), new[] { 201, 204 });
        }));
        Assert.Equal([Path.Combine(site.Uploads, "same")], Directory.GetFileSystemEntries(site.Uploads));
        var text = await File.ReadAllTextAsync(Path.Combine(site.Uploads, "same"), TestContext.Current.CancellationToken);
        Assert.Equal(new string(text[0], Length), text);
    }

    private static Task<TrialSite> StartAsync(string entry)
    {
        var folder = TrialSite.Prepare();
        var program = folder.WriteScript("program.sh", "printf 'Content-Type: text/plain\\n\\n%s %s ' \"$PATH_INFO\" \"$QUERY_STRING\"\ncat\n");
        folder.Configure($$"""
            { "Webserv": { "VirtualServers": [ { "Name": "habits", "Listen": ["http://127.0.0.1:0"], "Root": "www", "Pipeline": [
                {{entry.Replace("${WEBSERV_TRIAL_PROGRAM}", program, StringComparison.Ordinal)}} ] } ] } }
            """);
        return TrialSite.StartAsync(folder);
    }
}
