using System.Globalization;
using Webserv.EndToEnd.Tests.Processes;

namespace Webserv.EndToEnd.Tests.Hardening;

/// <summary>More connections than the process may have descriptors.</summary>
public sealed class DescriptorExhaustionTests
{
    // The runtime itself keeps some 170 assemblies open.
    private const int Limit = 256;

    private static string[] Launcher =>
        [ExternalProgram.Find("prlimit", "util-linux"), string.Create(CultureInfo.InvariantCulture, $"--nofile={Limit}:{Limit}")];

    [Fact]
    public async Task Connect_MoreThanDescriptors_IdleOnesMakeRoom()
    {
        await using var site = await TrialSite.StartAsync(launcher: Launcher);
        var clients = new List<RawClient>();
        try
        {
            for (var i = 0; i < 150; i++)
            {
                var client = await site.Server.ConnectAsync();
                clients.Add(client);
                await client.SendAsync("GET /small.html HTTP/1.1\r\nHost: x\r\n\r\n");
                Assert.Equal(200, TrialSite.StatusOf(await client.ReadResponseAsync()));
            }

            Assert.InRange(site.Server.CountDescriptors(), 0, Limit - 16);
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }

        await site.Server.Log.WaitForAsync("idle connections to make room");
    }

    [Fact]
    public async Task Connect_MoreThanDescriptors_WaitAndAreServedWhenOthersClose()
    {
        await using var site = await TrialSite.StartAsync("\"RequestHeadTimeout\": \"60s\"", Launcher);
        var clients = new List<RawClient>();
        try
        {
            for (var i = 0; i < 200; i++)
            {
                var client = await site.Server.ConnectAsync();
                clients.Add(client);
                if (i < 4)
                {
                    // An answer shows that it was accepted; of the others any may have to wait.
                    await client.SendAsync("GET /small.html HTTP/1.1\r\nHost: x\r\n\r\n");
                    await client.ReadResponseAsync();
                }

                // In the middle of a request nobody makes room for others.
                await client.SendAsync(i == 2 ? "PUT " : "GET ");
            }

            await site.Server.Log.WaitForAsync("too many open files");
            Assert.True(site.Server.IsRunning);

            // Connections have left some for files, scripts and the assemblies that are needed for the first time only now.
            Assert.InRange(site.Server.CountDescriptors(), Limit - 60, Limit - 16);
            Assert.Equal(404, TrialSite.StatusOf(await AnswerAsync(clients[1], "/nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")));
            Assert.Equal(201, TrialSite.StatusOf(await AnswerAsync(
                clients[2], "/up/a HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc")));
            Assert.Contains("hello", await AnswerAsync(clients[3], "/cgi/hello.sh HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"), StringComparison.Ordinal);

            // One that was accepted is served all the same.
            await clients[0].SendAsync(TrialSite.GetSmall["GET ".Length..]);
            Assert.Equal(200, TrialSite.StatusOf(await clients[0].ReadToEndAsync()));

            // The last one waits in the backlog and is served when others go.
            await clients[^1].SendAsync(TrialSite.GetSmall["GET ".Length..]);
            foreach (var client in clients[..^1])
            {
                client.Dispose();
            }

            Assert.Equal(200, TrialSite.StatusOf(await clients[^1].ReadToEndAsync()));
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }

        Assert.Contains("hello", await site.ExchangeAsync("GET /cgi/hello.sh HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"), StringComparison.Ordinal);
        await site.Server.Log.WaitForAsync("again");
        Assert.InRange(site.Server.Log.Lines.Count(line => line.Contains("too many open files", StringComparison.Ordinal)), 1, 20);
    }

    private static async Task<string> AnswerAsync(RawClient client, string request)
    {
        await client.SendAsync(request);
        return await client.ReadToEndAsync();
    }
}
