using System.Collections.Frozen;
using System.Net;
using System.Text;
using Microsoft.Extensions.Logging;
using Webserv.Abstractions.Http;
using Webserv.Host.Proxies;
using static Webserv.Host.Tests.Proxies.ProxyHeaderBuilder;

namespace Webserv.Host.Tests.Server;

/// <summary>PROXY headers, and what proxies say in fields.</summary>
public abstract partial class ServerTests
{
    private const string TextHeader = "PROXY TCP4 203.0.113.7 198.51.100.2 50001 443\r\n";
    private const string Get = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

    [Fact]
    public async Task ProxyHeader_EitherVersion_TellsTheClient()
    {
        await using var rig = await StartAsync(BehindProxy);
        using var first = await rig.ConnectAsync();
        await first.SendAsync(TextHeader + Get);
        Assert.Equal("203.0.113.7:50001 at 198.51.100.2:443 by 127.0.0.1, http localhost, False", (await first.ReadAsync()).Text);
        Assert.Equal("203.0.113.7:50001 at 198.51.100.2:443 by 127.0.0.1, http localhost, False", (await first.GetAsync("/")).Text);

        using var second = await rig.ConnectAsync();
        var header = WithChecksum(Client("2001:db8::7", 50002, "2001:db8::2", 443, Extension(0x20, 1, 0, 0, 0, 0)));
        await second.SendAsync((byte[])[.. header, .. Encoding.ASCII.GetBytes(Get + Get)]);
        Assert.Equal("2001:db8::7:50002 at 2001:db8::2:443 by 127.0.0.1, https localhost, False", (await second.ReadAsync()).Text);
        Assert.Equal("2001:db8::7:50002 at 2001:db8::2:443 by 127.0.0.1, https localhost, False", (await second.ReadAsync()).Text);
    }

    [Fact]
    public async Task ProxyHeader_CutAnywhere_TellsTheClient()
    {
        await using var rig = await StartAsync(BehindProxy);
        foreach (var header in new[] { Encoding.ASCII.GetBytes(TextHeader), Client("203.0.113.7", 50001, "198.51.100.2", 443, Extension(0x04, new byte[9])) })
        {
            byte[] all = [.. header, .. Encoding.ASCII.GetBytes(Get)];
            for (var cut = 1; cut <= header.Length + 1; cut++)
            {
                using var client = await rig.ConnectAsync();
                await client.SendAsync(all.AsMemory(0, cut));
                await client.SendAsync(all.AsMemory(cut));
                Assert.StartsWith("203.0.113.7:50001 at 198.51.100.2:443 ", (await client.ReadAsync()).Text, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task ProxyHeader_ByteByByte_TellsTheClient()
    {
        await using var rig = await StartAsync(BehindProxy);
        using var client = await rig.ConnectAsync();
        foreach (var octet in TextHeader + Get)
        {
            await client.SendAsync(octet.ToString());
        }

        Assert.StartsWith("203.0.113.7:50001 ", (await client.ReadAsync()).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ProxyHeader_LongerThanTheFirstBuffer_IsRead()
    {
        await using var rig = await StartAsync(BehindProxy);
        using var client = await rig.ConnectAsync();
        await client.SendAsync((byte[])[.. Client("203.0.113.7", 50001, "198.51.100.2", 443, Extension(0x04, new byte[4000])), .. Encoding.ASCII.GetBytes(Get)]);
        Assert.StartsWith("203.0.113.7:50001 ", (await client.ReadAsync()).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ProxyHeader_WithALongRequestBehindIt_LosesNothing()
    {
        await using var rig = await StartAsync(setup =>
        {
            BehindProxy(setup);
            setup.Proxies = Spoken("127.0.0.1");
        });
        using var client = await rig.ConnectAsync();
        var body = new string('b', 100_000);
        await client.SendAsync(TextHeader + $"POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: {body.Length}\r\n\r\n" + body + Get);
        Assert.Equal(body, (await client.ReadAsync()).Text);
        Assert.StartsWith("203.0.113.7:50001 ", (await client.ReadAsync()).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ProxyHeader_Local_LeavesTheAddressesOfTheConnection()
    {
        await using var rig = await StartAsync(BehindProxy);
        foreach (var header in new[] { Make(0x20, 0x00, []), Make(0x21, 0x00, []), Encoding.ASCII.GetBytes("PROXY UNKNOWN\r\n") })
        {
            using var client = await rig.ConnectAsync();
            await client.SendAsync((byte[])[.. header, .. Encoding.ASCII.GetBytes(Get)]);
            Assert.StartsWith("127.0.0.1:", (await client.ReadAsync()).Text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(Get)]
    [InlineData("PROXY TCP4 203.0.113.7 198.51.100.2 50001 443\n" + Get)]
    [InlineData("PROXY TCP4 203.0.113.7 198.51.100.2 50001 65536\r\n" + Get)]
    [InlineData("\r\n\r\n\0\r\nQUIT\n\x31\x11\0\x0C............" + Get)]
    [InlineData("\x16\x03\x01")]
    public async Task ProxyHeader_Malformed_ClosesWithoutAWord(string octets)
    {
        await using var rig = await StartAsync(BehindProxy);
        using var client = await rig.ConnectAsync();
        await client.SendAsync(octets);
        Assert.Equal("", (await client.ReadToWhateverEndAsync()).Octets);
        Assert.Contains(rig.Logs.Entries, entry => entry.Level == LogLevel.Debug && entry.Message.Contains("PROXY header is wrong", StringComparison.Ordinal));
        Assert.Equal(0, rig.Http.ConnectionCount);
    }

    [Fact]
    public async Task ProxyHeader_ThatDoesNotCome_ClosesInTime()
    {
        await using var rig = await StartAsync(setup => setup.Proxies = Spoken("127.0.0.1", timeout: TimeSpan.FromMilliseconds(50)));
        using var silent = await rig.ConnectAsync();
        using var slow = await rig.ConnectAsync();
        try
        {
            await slow.SendAsync(TextHeader[..^1]);
        }
        catch (IOException)
        {
            // On a busy machine the time is over before anything is sent: closed all the same.
        }

        Assert.Equal("", (await silent.ReadToWhateverEndAsync()).Octets);
        Assert.Equal("", (await slow.ReadToWhateverEndAsync()).Octets);
        await ServerRig.WaitAsync(
            () => rig.Logs.Entries.Count(entry => entry.Message.Contains("without a PROXY header (TimedOut", StringComparison.Ordinal)) == 2,
            () => "not both are logged");
    }

    [Fact]
    public async Task ProxyHeader_CutByTheEnd_Closes()
    {
        await using var rig = await StartAsync(BehindProxy);
        using var client = await rig.ConnectAsync();
        await client.SendAsync(TextHeader[..20]);
        client.ShutdownSend();
        Assert.Equal("", (await client.ReadToWhateverEndAsync()).Octets);
    }

    [Fact]
    public async Task ProxyHeader_FromElsewhere_IsRefusedAndLoggedOnce()
    {
        await using var rig = await StartAsync(setup =>
        {
            BehindProxy(setup);
            setup.Proxies = Spoken("10.0.0.5");
        });
        for (var i = 0; i < 5; i++)
        {
            using var client = await rig.ConnectAsync();
            Assert.Equal("", (await client.ReadToWhateverEndAsync()).Octets);
        }

        var entry = Assert.Single(rig.Logs.Entries, entry => entry.Level == LogLevel.Warning);
        Assert.Contains("1 connections refused in the last minute or more, the last from 127.0.0.1:", entry.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ProxyHeader_MoreWaitingThanAllowed_AreRefused()
    {
        await using var rig = await StartAsync(setup =>
        {
            BehindProxy(setup);
            setup.Limits.MaxConnections = 1;
        });
        // Either may be the one that waits.
        using var first = await rig.ConnectAsync();
        using var second = await rig.ConnectAsync();
        var (one, other) = (first.ReadToWhateverEndAsync(), second.ReadToWhateverEndAsync());
        var refused = await Task.WhenAny(one, other);
        Assert.Equal("", (await refused).Octets);
        await (refused == one ? second : first).SendAsync(TextHeader + "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", (await (refused == one ? other : one)).Octets, StringComparison.Ordinal);
        Assert.Contains(rig.Logs.At(LogLevel.Warning), message => message.Contains("1 wait for their PROXY headers already", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ProxyHeader_ClientResets_CancelsTheRequest()
    {
        var (inside, cancelled) = (NewSignal(), NewSignal());
        await using var rig = await StartAsync(setup =>
        {
            setup.Proxies = Spoken("127.0.0.1");
            setup.Map("/", (_, cancellation) => WaitForCancellationAsync(inside, cancelled, cancellation));
        });
        using var client = await rig.ConnectAsync();
        await client.SendAsync(TextHeader + Get);
        await inside.Task.WaitAsync(client.Token);
        client.Reset();
        await cancelled.Task.WaitAsync(client.Token);
    }

    [Fact]
    public async Task ProxyHeader_ClientEndsItsSideWithIt_IsKnown()
    {
        var (inside, cancelled) = (NewSignal(), NewSignal());
        await using var rig = await StartAsync(setup =>
        {
            setup.Proxies = Spoken("127.0.0.1");
            setup.Limits.HalfCloseTimeout = TimeSpan.FromMilliseconds(500);
            setup.Map("/", (_, cancellation) => WaitForCancellationAsync(inside, cancelled, cancellation));
        });
        using var client = await rig.ConnectAsync();
        await client.SendAsync(TextHeader + Get);
        if (Kind == RigKind.Memory)
        {
            // Memory tells nobody who comes later than the end, and the connection is taken over on another thread.
            await inside.Task.WaitAsync(client.Token);
        }

        client.ShutdownSend();
        await cancelled.Task.WaitAsync(client.Token);
    }

    [Fact]
    public async Task Forwarded_FromTrustedProxy_TellsTheClientOfEachRequest()
    {
        await using var rig = await StartAsync(setup =>
        {
            BehindProxy(setup);
            setup.Proxies = Trusting("127.0.0.1", takesHost: true);
        });
        using var client = await rig.ConnectAsync();
        var port = rig.Listener.Port;
        var first = await client.GetAsync("/", "X-Forwarded-For: 203.0.113.9, 192.0.2.1:9\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: www.example.com\r\n");
        Assert.Equal($"192.0.2.1:9 at 127.0.0.1:{port} by 127.0.0.1, https www.example.com, True", first.Text);
        var second = await client.GetAsync("/", "X-Forwarded-For: 192.0.2.2\r\n");
        Assert.Equal($"192.0.2.2:0 at 127.0.0.1:{port} by 127.0.0.1, http localhost, True", second.Text);
        var third = await client.GetAsync("/");
        Assert.EndsWith($" at 127.0.0.1:{port} by 127.0.0.1, http localhost, False", third.Text, StringComparison.Ordinal);
        Assert.StartsWith("127.0.0.1:", third.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HttpsTarget_OfAConnectionThatIsHttps_IsServed()
    {
        await using var rig = await StartAsync(BehindProxy);
        using var secured = await rig.ConnectAsync();
        await secured.SendAsync((byte[])[
            .. WithChecksum(Client("203.0.113.7", 50002, "198.51.100.2", 443, Extension(0x20, 1, 0, 0, 0, 0))), .. Encoding.ASCII.GetBytes(GetHttps() + Get)]);
        Assert.EndsWith(", https www.example.com:444, False", (await secured.ReadAsync()).Text, StringComparison.Ordinal);
        Assert.EndsWith(", https localhost, False", (await secured.ReadAsync()).Text, StringComparison.Ordinal);

        using var plain = await rig.ConnectAsync();
        await plain.SendAsync(TextHeader + GetHttps());
        Assert.Equal(421, (await plain.ReadAsync()).Status);
    }

    [Theory]
    [InlineData("127.0.0.1", "X-Forwarded-Proto: https\r\n", 200)]
    [InlineData("127.0.0.1", "X-Forwarded-For: 192.0.2.1, 192.0.2.2\r\nX-Forwarded-Proto: http, https\r\n", 200)]
    [InlineData("127.0.0.1", "X-Forwarded-Proto: http\r\n", 421)]
    [InlineData("127.0.0.1", "Forwarded: proto=https\r\n", 421)]
    [InlineData("127.0.0.1", "", 421)]
    [InlineData("10.0.0.0/8", "X-Forwarded-Proto: https\r\n", 421)]
    public async Task HttpsTarget_ByForwardedScheme_CountsFromTrustedProxies(string trusted, string fields, int status)
    {
        await using var rig = await StartAsync(BehindProxyOf(Trusting(trusted)));
        using var client = await rig.ConnectAsync();
        await client.SendAsync(GetHttps(fields));
        var response = await client.ReadAsync();
        Assert.Equal(status, response.Status);
        if (status == 200)
        {
            Assert.EndsWith(", https www.example.com:444, True", response.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Forwarded_PipelinedRequests_EachHasItsClient()
    {
        await using var rig = await StartAsync(BehindProxyOf(Trusting("127.0.0.1")));
        using var client = await rig.ConnectAsync();
        await client.SendAsync(string.Concat(Enumerable.Range(1, 3).Select(
            i => $"GET / HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 192.0.2.{i}\r\nX-Forwarded-Proto: {(i == 2 ? "https" : "http")}\r\n\r\n")) + Get);
        Assert.StartsWith("192.0.2.1:0 ", (await client.ReadAsync()).Text, StringComparison.Ordinal);
        var second = (await client.ReadAsync()).Text;
        Assert.StartsWith("192.0.2.2:0 ", second, StringComparison.Ordinal);
        Assert.EndsWith(", https localhost, True", second, StringComparison.Ordinal);
        var third = (await client.ReadAsync()).Text;
        Assert.StartsWith("192.0.2.3:0 ", third, StringComparison.Ordinal);
        Assert.EndsWith(", http localhost, True", third, StringComparison.Ordinal);
        Assert.StartsWith("127.0.0.1:", (await client.ReadAsync()).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Forwarded_FromAnybodyElse_HasNoEffect()
    {
        await using var rig = await StartAsync(setup =>
        {
            BehindProxy(setup);
            setup.Proxies = Trusting("10.0.0.0/8", takesHost: true);
        });
        using var client = await rig.ConnectAsync();
        var response = await client.GetAsync(
            "/", "X-Forwarded-For: 10.0.0.1\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: evil.example\r\nForwarded: for=10.0.0.1;proto=https\r\n");
        Assert.StartsWith("127.0.0.1:", response.Text, StringComparison.Ordinal);
        Assert.EndsWith(" by 127.0.0.1, http localhost, False", response.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Forwarded_TrustChangedByReload_CountsOnOpenConnections()
    {
        await using var rig = await StartAsync(BehindProxyOf(Trusting("127.0.0.1")));
        using var client = await rig.ConnectAsync();
        Assert.StartsWith("192.0.2.1:0 ", (await client.GetAsync("/", "X-Forwarded-For: 192.0.2.1\r\n")).Text, StringComparison.Ordinal);
        await rig.SwapAsync(BehindProxyOf(new ProxiesOptions()));
        Assert.StartsWith("127.0.0.1:", (await client.GetAsync("/", "X-Forwarded-For: 192.0.2.1\r\n")).Text, StringComparison.Ordinal);
        await rig.SwapAsync(BehindProxyOf(Trusting("127.0.0.1")));
        Assert.StartsWith("192.0.2.1:0 ", (await client.GetAsync("/", "X-Forwarded-For: 192.0.2.1\r\n")).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PROXY TCP4 203.0.113.7 198.51.100.2 50001 443\r\n", "203.0.113.7:50001 ")] // A client itself.
    [InlineData("PROXY TCP4 127.0.0.9 198.51.100.2 50001 443\r\n", "192.0.2.1:0 ")] // A trusted proxy behind the other one.
    [InlineData("PROXY UNKNOWN\r\n", "127.0.0.1:")] // Anybody, though the connection comes from a trusted proxy.
    public async Task Forwarded_BehindAProxyHeader_CountsByWhomItNames(string header, string expected)
    {
        await using var rig = await StartAsync(BehindProxyOf(new ProxiesOptions
        {
            TrustedNetworks = Networks("127.0.0.0/8"),
            ProxyProtocol = Spoken("127.0.0.1").ProxyProtocol,
        }));
        using var client = await rig.ConnectAsync();
        await client.SendAsync(header + "GET / HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n");
        Assert.StartsWith(expected, (await client.ReadAsync()).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MaxConnectionsPerClient_TrustedProxy_IsNoClient()
    {
        await using var rig = await StartAsync(setup =>
        {
            BehindProxyOf(Trusting("127.0.0.1"))(setup);
            setup.Limits.MaxConnectionsPerClient = 1;
        });
        using var first = await rig.ConnectAsync();
        using var second = await rig.ConnectAsync();
        Assert.Equal(200, (await first.GetAsync("/")).Status);
        Assert.Equal(200, (await second.GetAsync("/")).Status);

        // Trust that was withdrawn meanwhile must not mix up the count of what leaves.
        await rig.SwapAsync(BehindProxyOf(new ProxiesOptions()));
        first.ShutdownSend();
        second.ShutdownSend();
        await rig.WaitUntilIdleAsync();
        using var third = await rig.ConnectAsync();
        Assert.Equal(200, (await third.GetAsync("/")).Status);
        Assert.StartsWith("HTTP/1.1 503 ", await rig.ExchangeAsync(""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task MaxConnectionsPerClient_ProxyHeader_CountsForTheClientThatItNames()
    {
        await using var rig = await StartAsync(setup =>
        {
            BehindProxy(setup);
            setup.Limits.MaxConnectionsPerClient = 1;
        });
        using var first = await rig.ConnectAsync();
        await first.SendAsync(TextHeader + Get);
        Assert.Equal(200, (await first.ReadAsync()).Status);
        using var other = await rig.ConnectAsync();
        await other.SendAsync("PROXY TCP4 203.0.113.8 198.51.100.2 50001 443\r\n" + Get);
        Assert.Equal(200, (await other.ReadAsync()).Status);
        using var again = await rig.ConnectAsync();
        await again.SendAsync("PROXY TCP4 203.0.113.7 198.51.100.2 50002 443\r\n");
        Assert.Equal(503, (await again.ReadAsync()).Status);
    }

    [Fact]
    public async Task Forwarded_RequestThatFails_IsLoggedWithItsClient()
    {
        await using var rig = await StartAsync(setup =>
        {
            setup.Proxies = Trusting("127.0.0.1");
            setup.Map("/", (_, _) => throw new HttpException(StatusCodes.Forbidden, "no entry"));
        });
        using var client = await rig.ConnectAsync();
        Assert.Equal(403, (await client.GetAsync("/", "X-Forwarded-For: 192.0.2.1\r\n")).Status);
        Assert.Contains(rig.Logs.Entries, entry => entry.Message.EndsWith(": 192.0.2.1: GET /: 403: no entry", StringComparison.Ordinal));
    }

    private static string GetHttps(string fields = "") => $"GET https://www.example.com:444/ HTTP/1.1\r\nHost: localhost\r\n{fields}\r\n";

    private static void BehindProxy(ServerSetup setup) => BehindProxyOf(Spoken("127.0.0.1"))(setup);

    private static Action<ServerSetup> BehindProxyOf(ProxiesOptions proxies) => setup =>
    {
        setup.Proxies = proxies;
        setup.Map("/echo", EchoAsync);
        setup.Map("/", (context, cancellation) =>
        {
            var (connection, request) = (context.Connection, context.Request);
            return context.Response.WriteTextAsync(
                $"{connection.RemoteAddress}:{connection.RemotePort} at {connection.LocalAddress}:{connection.LocalPort} by {connection.PeerAddress}, " +
                $"{request.Scheme} {request.Host}, {connection.IsForwarded}",
                cancellation: cancellation);
        });
    };

    private static ProxiesOptions Spoken(string network, TimeSpan? timeout = null) => new()
    {
        ProxyProtocol = new ProxyProtocolOptions(
            new[] { ServerSetup.Endpoint }.ToFrozenSet(), Networks(network), timeout ?? TimeSpan.FromMinutes(1)),
    };

    private static ProxiesOptions Trusting(string network, bool takesHost = false) =>
        new() { TrustedNetworks = Networks(network), ForwardedHost = takesHost };

    private static NetworkSet Networks(string text)
    {
        Assert.Null(Network.Parse(text, out var network));
        return new NetworkSet([network], includesUnix: false);
    }

    private static async Task WaitForCancellationAsync(TaskCompletionSource inside, TaskCompletionSource cancelled, CancellationToken cancellation)
    {
        using (cancellation.Register(cancelled.SetResult))
        {
            inside.SetResult();
            await Task.Delay(Timeout.Infinite, cancellation);
        }
    }
}
