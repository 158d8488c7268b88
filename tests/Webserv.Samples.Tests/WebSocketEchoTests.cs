using System.Net.WebSockets;
using System.Text;
using Webserv.Abstractions.Configuration;
using Webserv.Samples.WebSocketEcho;
using Webserv.Testing.Http;
using Webserv.Testing.Plugins;

namespace Webserv.Samples.Tests;

public sealed class WebSocketEchoTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task InvokeAsync_Messages_ComeBackAsTheyWere()
    {
        await using var host = await StartAsync();
        var context = Handshake(out var upgrade);
        var serving = host.SendAsync(context, Cancellation);
        using var client = Connect(upgrade);
        await client.SendAsync("Grüße"u8.ToArray(), WebSocketMessageType.Text, true, Cancellation);
        Assert.Equal((WebSocketMessageType.Text, "Grüße"), await ReceiveAsync(client));
        var large = string.Concat(Enumerable.Repeat("0123456789", 2_000));
        await client.SendAsync(Encoding.ASCII.GetBytes(large[..7]), WebSocketMessageType.Binary, false, Cancellation);
        await client.SendAsync(Encoding.ASCII.GetBytes(large[7..]), WebSocketMessageType.Binary, true, Cancellation);
        Assert.Equal((WebSocketMessageType.Binary, large), await ReceiveAsync(client));
        await client.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", Cancellation);
        var response = await serving;
        Assert.Equal(WebSocketCloseStatus.NormalClosure, client.CloseStatus);

        // The example of RFC 6455 section 1.3.
        Assert.Equal((101, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), (response.StatusCode, response.Headers["Sec-WebSocket-Accept"].ToString()));
        Assert.Equal(TimeSpan.FromMinutes(5), upgrade.IdleTimeout);
    }

    [Fact]
    public async Task InvokeAsync_MessageTooLarge_EndsWith1009()
    {
        await using var host = await StartAsync(options => options.MaxMessageSize = new ByteSize(5));
        var serving = host.SendAsync(Handshake(out var upgrade), Cancellation);
        using var client = Connect(upgrade);
        await client.SendAsync("12345"u8.ToArray(), WebSocketMessageType.Text, true, Cancellation);
        Assert.Equal((WebSocketMessageType.Text, "12345"), await ReceiveAsync(client));
        await client.SendAsync("123456"u8.ToArray(), WebSocketMessageType.Text, true, Cancellation);
        Assert.Equal((WebSocketMessageType.Close, ""), await ReceiveAsync(client));
        Assert.Equal(WebSocketCloseStatus.MessageTooBig, client.CloseStatus);
        await client.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Cancellation);
        await serving;
    }

    [Fact]
    public async Task InvokeAsync_ServerStops_SaysGoodbyeWith1001()
    {
        await using var host = await StartAsync();
        var serving = host.SendAsync(Handshake(out var upgrade), Cancellation);
        using var client = Connect(upgrade);
        await client.SendAsync("a"u8.ToArray(), WebSocketMessageType.Text, true, Cancellation);
        await ReceiveAsync(client);
        upgrade.Stop();
        Assert.Equal((WebSocketMessageType.Close, ""), await ReceiveAsync(client));
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, client.CloseStatus);
        await client.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Cancellation);
        await serving;
    }

    [Fact]
    public async Task InvokeAsync_ClientGoneWithoutAWord_IsNoFailure()
    {
        await using var host = await StartAsync();
        var serving = host.SendAsync(Handshake(out var upgrade), Cancellation);
        await upgrade.Client.DisposeAsync();
        Assert.Equal(101, (await serving).StatusCode);
        Assert.Contains(host.Log.Entries, entry => entry.Message.Contains("the WebSocket broke", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Sec-WebSocket-Version", "8", 426)]
    [InlineData("Sec-WebSocket-Key", "c2hvcnQ=", 400)]
    [InlineData("Sec-WebSocket-Key", "not base64", 400)]
    [InlineData("Origin", "https://elsewhere.example", 403)]
    public async Task InvokeAsync_HandshakeThatIsNone_IsRefused(string name, string value, int status)
    {
        await using var host = await StartAsync(options => options.Origins = ["https://example.com"]);
        var context = Handshake(out var upgrade).WithHeader(name, new Microsoft.Extensions.Primitives.StringValues(value));
        var response = await host.SendAsync(context, Cancellation);
        Assert.Equal((status, false), (response.StatusCode, upgrade.IsUpgraded));
        Assert.Equal(
            status == 426 ? ("13", "websocket") : ("", ""),
            (response.Headers["Sec-WebSocket-Version"].ToString(), response.Headers["Upgrade"].ToString()));
    }

    [Fact]
    public async Task InvokeAsync_NoWebSocket_IsPassedOn()
    {
        await using var host = await StartAsync();
        foreach (var context in (TestHttpContext[])[TestHttpContext.Get("/echo"), TestHttpContext.Post("/echo")])
        {
            await host.SendAsync(context, Cancellation);
            Assert.True(context.NextWasCalled);
        }
    }

    [Fact]
    public async Task Validate_EveryMistake_IsReported()
    {
        await using var host = await PluginHost.CreateAsync<WebSocketEchoPlugin>(cancellation: Cancellation);
        var failures = host.Validate<WebSocketEchoOptions>("WebSocketEcho", options =>
        {
            options.Origins = ["https://example.com", "https://example.com/", "example.com"];
            options.MaxMessageSize = new ByteSize(0);
            options.IdleTimeout = TimeSpan.Zero;
        });
        Assert.Equal(["Origins:1", "Origins:2", "MaxMessageSize", "IdleTimeout"], failures.Select(failure => failure[..failure.IndexOf(": ", StringComparison.Ordinal)]));
    }

    [Fact]
    public async Task Plugin_Unloaded_LeavesMemory() =>
        await PluginUnload.AssertUnloadsAsync<WebSocketEchoPlugin>(
            async host =>
            {
                await host.UseAsync("WebSocketEcho", cancellation: Cancellation);
                var serving = host.SendAsync(Handshake(out var upgrade), Cancellation);
                using var client = Connect(upgrade);
                await client.SendAsync("a"u8.ToArray(), WebSocketMessageType.Text, true, Cancellation);
                await ReceiveAsync(client);
                await client.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Cancellation);
                await serving;
            },
            Cancellation);

    private static async Task<PluginHost> StartAsync(Action<WebSocketEchoOptions>? configure = null)
    {
        var host = await PluginHost.CreateAsync<WebSocketEchoPlugin>(cancellation: Cancellation);
        await host.UseAsync("WebSocketEcho", configure ?? (_ => { }), cancellation: Cancellation);
        return host;
    }

    private static TestHttpContext Handshake(out TestUpgradeFeature upgrade)
    {
        var context = TestHttpContext.Get("/echo").WithHeader("Sec-WebSocket-Version", "13").WithHeader("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
        upgrade = context.WithUpgrade("websocket");
        return context;
    }

    private static WebSocket Connect(TestUpgradeFeature upgrade) =>
        WebSocket.CreateFromStream(upgrade.Client, new WebSocketCreationOptions { IsServer = false, KeepAliveInterval = TimeSpan.Zero });

    private static async Task<(WebSocketMessageType Type, string Text)> ReceiveAsync(WebSocket client)
    {
        var text = new StringBuilder();
        var buffer = new byte[1000];
        while (true)
        {
            var received = await client.ReceiveAsync(new ArraySegment<byte>(buffer), Cancellation);
            text.Append(Encoding.UTF8.GetString(buffer, 0, received.Count));
            if (received.EndOfMessage)
            {
                return (received.MessageType, text.ToString());
            }
        }
    }
}
