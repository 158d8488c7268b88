using System.Text.RegularExpressions;
using Webserv.EndToEnd.Tests.Processes;

namespace Webserv.EndToEnd.Tests.Hardening;

/// <summary>What strace sees of the running server.</summary>
public sealed partial class SystemCallTests
{
    private const int Requests = 100;

    [Fact]
    public async Task Serve_AHundredRequestsOnOneConnection_CostsOneReceiveAndOneSendEach()
    {
        var folder = TrialSite.Prepare();
        var trace = folder.Combine("trace.txt");
        string[] launcher =
        [
            ExternalProgram.Find("strace", "strace"), "-D", "-f", "-o", trace,
            "-e", "trace=network,epoll_wait,epoll_pwait,epoll_pwait2,sendfile,close,poll,ppoll,select,pselect6",
        ];
        await using var site = await TrialSite.StartAsync(folder, launcher);
        using (var client = await site.Server.ConnectAsync())
        {
            for (var i = 0; i < Requests; i++)
            {
                await client.SendAsync("GET /small.html HTTP/1.1\r\nHost: x\r\n\r\n");
                Assert.Equal(200, TrialSite.StatusOf(await client.ReadResponseAsync()));
            }
        }

        Assert.Equal(200, TrialSite.StatusOf(await site.ExchangeAsync("GET /large.bin HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")));
        Assert.Equal(200, TrialSite.StatusOf(await site.ExchangeAsync("GET /small.html HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")));
        Assert.Equal(0, await site.Server.StopAsync());
        await Eventually.HoldsAsync(
            () => File.ReadLines(trace).Any(line => line.StartsWith($"{site.Server.Id} ", StringComparison.Ordinal) && line.Contains("+++ exited", StringComparison.Ordinal)),
            () => "strace did not end");
        var calls = await ReadCallsAsync(trace);
        CheckKeptConnection(calls);
        CheckConnectionForOneRequest(calls);
    }

    /// <summary>The answer waits for the end of the stream, which follows at once: they are one segment.</summary>
    private static void CheckConnectionForOneRequest(List<(string Name, int Descriptor, string Line)> calls)
    {
        var accept = calls.FindLastIndex(call => call.Name == "accept4" && Accepted().IsMatch(call.Line));
        var connection = int.Parse(Accepted().Match(calls[accept].Line).Groups[1].Value, null);
        var own = calls[accept..].Where(call => call.Descriptor == connection).ToList();
        Assert.Equal(["recvfrom", "sendto", "shutdown", "close"], own.Take(4).Select(call => call.Name));
        Assert.Contains("MSG_MORE", own[1].Line, StringComparison.Ordinal);
    }

    private static void CheckKeptConnection(List<(string Name, int Descriptor, string Line)> calls)
    {
        var all = string.Join('\n', calls.Select(call => call.Line).TakeLast(800));
        var listen = calls.FindIndex(call => call.Name == "listen");
        Assert.True(listen > 0, all);
        var listener = calls[listen].Descriptor;
        var bind = calls.FindLastIndex(listen, call => call.Name == "bind" && call.Descriptor == listener);
        var socket = calls.FindLastIndex(listen, call => call.Name == "socket" && call.Line.EndsWith($"= {listener}", StringComparison.Ordinal));
        Assert.True(socket >= 0 && socket < bind && bind < listen, all);

        var accept = calls.FindIndex(listen, call => call.Name == "accept4" && Accepted().IsMatch(call.Line));
        Assert.True(accept > listen, all);
        var connection = int.Parse(Accepted().Match(calls[accept].Line).Groups[1].Value, null);
        var close = calls.FindIndex(accept, call => call.Name == "close" && call.Descriptor == connection);
        Assert.True(close > accept, all);

        var between = calls[accept..close];
        var own = between.Where(call => call.Descriptor == connection).ToList();
        var receives = own.Where(call => call.Name == "recvfrom").ToList();
        var sends = own.Where(call => call.Name is "sendto" or "sendmsg").ToList();
        Assert.Equal(Requests, receives.Count(call => call.Line.Contains("GET /small.html", StringComparison.Ordinal)));
        Assert.Equal(Requests, sends.Count);

        // One more tells of the end; none is made to find out that it would block.
        Assert.InRange(receives.Count, Requests, Requests + 1);
        Assert.DoesNotContain(own, call => call.Line.Contains("EAGAIN", StringComparison.Ordinal));
        Assert.DoesNotContain(between, call => call.Name is "poll" or "ppoll" or "select" or "pselect6");
        Assert.Contains(calls[close..], call => call.Name == "sendfile");
    }

    /// <summary>The calls in the order in which they ended: one that another thread cut in two is put together again.</summary>
    private static async Task<List<(string Name, int Descriptor, string Line)>> ReadCallsAsync(string trace)
    {
        var calls = new List<(string Name, int Descriptor, string Line)>();
        var begun = new Dictionary<string, string>();
        await foreach (var text in File.ReadLinesAsync(trace, TestContext.Current.CancellationToken))
        {
            var thread = text[..text.IndexOf(' ', StringComparison.Ordinal)];
            var line = text[thread.Length..].Trim();
            if (line.EndsWith("<unfinished ...>", StringComparison.Ordinal))
            {
                begun[thread] = line[..^"<unfinished ...>".Length];
                continue;
            }

            if (line.StartsWith("<...", StringComparison.Ordinal))
            {
                line = begun[thread] + line[(line.IndexOf('>', StringComparison.Ordinal) + 1)..];
            }

            if (Call().Match(line) is { Success: true } match)
            {
                calls.Add((match.Groups[1].Value, int.TryParse(match.Groups[2].Value, out var descriptor) ? descriptor : -1, line));
            }
        }

        return calls;
    }

    [GeneratedRegex(@"^(\w+)\((\d*)")]
    private static partial Regex Call();

    [GeneratedRegex(@" = (\d+)$")]
    private static partial Regex Accepted();
}
