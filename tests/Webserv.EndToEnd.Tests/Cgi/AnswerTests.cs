using System.Net.Sockets;
using Webserv.EndToEnd.Tests.Hardening;

namespace Webserv.EndToEnd.Tests.Cgi;

/// <summary>How answers of scripts are on the wire.</summary>
public sealed class AnswerTests(AnswerSite site) : IClassFixture<AnswerSite>
{
    [Theory]
    [InlineData("events.sh", "1.1")]
    [InlineData("events.sh", "1.0")]
    [InlineData("nph-events.sh", "1.1")]
    [InlineData("nph-events.sh", "1.0")]
    public async Task Post_Events_EachArrivesBeforeTheNextIsWritten(string script, string version)
    {
        // The script writes the second event when it has read what is sent here when the first has come, and so on.
        using var client = await site.Server.ConnectAsync();
        await client.SendAsync($"POST /cgi/{script} HTTP/{version}\r\nHost: x\r\nContent-Length: 10\r\n\r\n");
        var head = await client.ReadUntilAsync("\r\n\r\n");
        Assert.Equal(version == "1.1", head.Contains("Transfer-Encoding: chunked", StringComparison.Ordinal));
        Assert.Equal(version == "1.0", head.Contains("Connection: close", StringComparison.Ordinal));
        Assert.StartsWith("HTTP/1.1 200 ", head, StringComparison.Ordinal);
        await client.ReadUntilAsync("data: 1\n\n");
        await client.SendAsync("two2\n");
        await client.ReadUntilAsync("data: two2\n\n");
        await client.SendAsync("last\n");
        var rest = await client.ReadUntilAsync("data: last\n\n");
        if (version == "1.1")
        {
            await client.ReadUntilAsync("0\r\n\r\n");
            await client.SendAsync("GET /cgi/to.sh HTTP/1.1\r\nHost: x\r\n\r\n");
            Assert.StartsWith("HTTP/1.1 200 ", await client.ReadResponseAsync(), StringComparison.Ordinal);
        }
        else
        {
            Assert.Equal("", await client.ReadToEndAsync());
        }
    }

    [Fact]
    public async Task Get_NonParsedHeaders_KeepTheConnection()
    {
        using var client = await site.Server.ConnectAsync();
        for (var round = 0; round < 2; round++)
        {
            await client.SendAsync("GET /cgi/nph-chunked.sh HTTP/1.1\r\nHost: x\r\n\r\n");
            var answer = await client.ReadResponseAsync();
            Assert.StartsWith("HTTP/1.1 201 ", answer, StringComparison.Ordinal);
            Assert.Contains("\r\nA: b\r\n", answer, StringComparison.Ordinal);
            Assert.DoesNotContain("Connection: close", answer, StringComparison.Ordinal);
            Assert.Equal("abcdef", TrialSite.BodyOf(answer));
            await client.SendAsync("HEAD /cgi/nph-chunked.sh HTTP/1.1\r\nHost: x\r\n\r\n");
            Assert.EndsWith("\r\n\r\n", await client.ReadUntilAsync("\r\n\r\n"), StringComparison.Ordinal);
        }

        await client.SendAsync("GET /cgi/nph-broken.sh HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        Assert.Equal(502, TrialSite.StatusOf(await client.ReadToEndAsync()));
    }

    [Fact]
    public async Task Get_MoreThanContentLength_IsCutAndTheConnectionGoesOn()
    {
        using var client = await site.Server.ConnectAsync();
        for (var round = 0; round < 2; round++)
        {
            await client.SendAsync("GET /cgi/more.sh HTTP/1.1\r\nHost: x\r\n\r\n");
            Assert.EndsWith("\r\n\r\nabc", await client.ReadResponseAsync(), StringComparison.Ordinal);
        }

        await client.SendAsync("GET /cgi/to.sh HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 ", await client.ReadToEndAsync(), StringComparison.Ordinal);
        await Eventually.HoldsAsync(
            () => site.Server.Log.Lines.Any(static line => line.Contains("more.sh", StringComparison.Ordinal) && line.Contains("wrote 3 bytes behind the end", StringComparison.Ordinal)),
            () => site.Server.Log.ToString());
    }

    [Fact]
    public async Task Get_LessThanContentLength_IsNeverAWholeAnswer()
    {
        using var client = await site.Server.ConnectAsync();
        await client.SendAsync("GET /cgi/less.sh HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        string answer;
        try
        {
            answer = await client.ReadToEndAsync();
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionReset)
        {
            return; // Cut off.
        }

        // It depends on who was quicker whether something of it had gone out.
        Assert.True(
            TrialSite.StatusOf(answer) == 502 || (answer.Contains("Content-Length: 10\r\n", StringComparison.Ordinal) && answer.EndsWith("\r\n\r\nabc", StringComparison.Ordinal)),
            answer);
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("1.0")]
    public async Task Post_KilledBySignalInMidAnswer_IsNeverAWholeAnswer(string version)
    {
        using var client = await site.Server.ConnectAsync();
        await client.SendAsync($"POST /cgi/crash.sh HTTP/{version}\r\nHost: x\r\nContent-Length: 3\r\n\r\n");
        await client.ReadUntilAsync("part");
        await client.SendAsync("go\n");
        string? rest = null;
        try
        {
            rest = await client.ReadToEndAsync();
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionReset)
        {
            // What only the end of the connection ends can be cut off by nothing else.
        }

        Assert.True(rest is null || (version == "1.1" && !rest.Contains("0\r\n\r\n", StringComparison.Ordinal)), rest);
        await Eventually.HoldsAsync(
            () => site.Server.Log.Lines.Any(static line => line.Contains("its answer broke off: it was killed by signal 11 (SIGSEGV)", StringComparison.Ordinal)),
            () => site.Server.Log.ToString());
    }

    [Theory]
    [InlineData("/cgi/none.sh", 404)]
    [InlineData("/cgi/plain.sh", 403)]
    [InlineData("/get/get.sh", 405)]
    public async Task Post_ExpectContinueOfWhatIsRefused_IsNotToldToContinue(string path, int status)
    {
        using var client = await site.Server.ConnectAsync();
        await client.SendAsync($"POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
        var answer = await client.ReadUntilAsync("\r\n\r\n");
        Assert.Equal(status, TrialSite.StatusOf(answer));
        Assert.Equal(status == 405, answer.Contains("\r\nAllow: GET, HEAD, OPTIONS\r\n", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Content-Length: 5", "hello")]
    [InlineData("Transfer-Encoding: chunked", "5\r\nhello\r\n0\r\n\r\n")]
    public async Task Post_ExpectContinue_IsToldToContinueAndTheScriptGetsTheBody(string field, string body)
    {
        using var client = await site.Server.ConnectAsync();
        await client.SendAsync($"POST /cgi/count.sh HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: 100-continue\r\n{field}\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 100 ", await client.ReadUntilAsync("\r\n\r\n"), StringComparison.Ordinal);
        await client.SendAsync(body);
        Assert.Equal("5", TrialSite.BodyOf(await client.ReadToEndAsync()));
    }

    [Fact]
    public async Task Get_FileInTheScriptsPlace_IsSentWithRangesAndConditions()
    {
        using var client = await site.Server.ConnectAsync();
        await client.SendAsync("GET /cgi/send.sh?large.txt HTTP/1.1\r\nHost: x\r\n\r\n");
        var answer = await client.ReadResponseAsync();
        var head = answer[..(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)];
        Assert.Equal(AnswerSite.LargeLength, answer.Length - head.Length);
        Assert.Contains("\r\nContent-Type: text/x\r\n", head, StringComparison.Ordinal);
        Assert.Contains("\r\nSet-Cookie: a=1\r\n", head, StringComparison.Ordinal);
        Assert.DoesNotContain("X-Accel", head, StringComparison.OrdinalIgnoreCase);
        var tag = head.Split("\r\nETag: ")[1].Split("\r\n")[0];

        await client.SendAsync($"GET /cgi/send.sh?large.txt HTTP/1.1\r\nHost: x\r\nRange: bytes=23-25\r\nIf-Range: {tag}\r\n\r\n");
        answer = await client.ReadResponseAsync();
        Assert.StartsWith("HTTP/1.1 206 ", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\nabc", answer, StringComparison.Ordinal);

        await client.SendAsync($"GET /cgi/send.sh?large.txt HTTP/1.1\r\nHost: x\r\nIf-None-Match: {tag}\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 304 ", await client.ReadUntilAsync("\r\n\r\n"), StringComparison.Ordinal);
        await client.SendAsync("HEAD /cgi/send.sh?large.txt HTTP/1.1\r\nHost: x\r\n\r\n");
        Assert.Contains($"\r\nContent-Length: {AnswerSite.LargeLength}\r\n", await client.ReadUntilAsync("\r\n\r\n"), StringComparison.Ordinal);

        foreach (var (name, status) in new[] { ("escape", 403), ("../outside/secret", 404), ("%2e%2e/outside/secret", 404), ("none", 404) })
        {
            await client.SendAsync($"GET /cgi/send.sh?{name} HTTP/1.1\r\nHost: x\r\n\r\n");
            answer = await client.ReadResponseAsync();
            Assert.Equal(status, TrialSite.StatusOf(answer));
            Assert.DoesNotContain("Set-Cookie", answer, StringComparison.Ordinal);
        }

        // The path of the option stands for nothing that a client could ask for.
        await client.SendAsync("GET /protected/large.txt HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        Assert.Equal(404, TrialSite.StatusOf(await client.ReadToEndAsync()));
    }

    [Fact]
    public async Task Post_LocalRedirect_IsAGetThatKnowsWhereItCameFrom()
    {
        using var client = await site.Server.ConnectAsync();
        await client.SendAsync("POST /cgi/from.sh/x%20y?from=1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 4\r\n\r\nbody");
        Assert.Equal("GET /cgi/from.sh/x y from=1 /cgi/from.sh/x%20y?from=1 to=1 /p0", TrialSite.BodyOf(await client.ReadToEndAsync()));
    }

    [Fact]
    public async Task Get_LocalRedirectInALoop_Is500()
    {
        using var client = await site.Server.ConnectAsync();
        await client.SendAsync("GET /cgi/loop.sh HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        Assert.Equal(500, TrialSite.StatusOf(await client.ReadToEndAsync()));
    }
}
