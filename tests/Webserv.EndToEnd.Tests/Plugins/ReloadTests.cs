using Webserv.EndToEnd.Tests.Processes;

namespace Webserv.EndToEnd.Tests.Plugins;

/// <summary>SIGHUP.</summary>
public sealed class ReloadTests
{
    private const string Request = "GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n";

    [Fact]
    public async Task Hangup_ChangedConfiguration_TakesEffectOnAConnectionThatIsKept()
    {
        using var folder = new ServerFolder();
        folder.Configure(Greeting("Hello"));
        await using var server = await ServerProcess.StartAsync(folder);
        using var connection = await server.ConnectAsync();
        await connection.SendAsync(Request);
        Assert.EndsWith("\r\n\r\nHello, World!\n", await connection.ReadResponseAsync(), StringComparison.Ordinal);

        folder.Configure(Greeting("Servus"));
        server.Signal(PosixSignalNumber.Hangup);
        await server.Log.WaitForAsync("generation 2 serves");
        await connection.SendAsync(Request);
        Assert.EndsWith("\r\n\r\nServus, World!\n", await connection.ReadResponseAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hangup_BrokenConfiguration_IsRefusedWithFileAndLineAndTheOldServesOn()
    {
        using var folder = new ServerFolder();
        folder.Configure(Greeting("Hello"));
        await using var server = await ServerProcess.StartAsync(folder);
        using var connection = await server.ConnectAsync();
        folder.Configure(Greeting("Servus").Replace("\"Greeting\"", "\"Greting\"", StringComparison.Ordinal));
        server.Signal(PosixSignalNumber.Hangup);
        var refused = await server.Log.WaitForAsync("Greting");
        Assert.Contains($"{folder.Configuration}:4: Webserv:VirtualServers:0:Pipeline:0:Options:Greting", refused, StringComparison.Ordinal);
        Assert.Contains("Greeting", refused, StringComparison.Ordinal);
        await connection.SendAsync(Request);
        Assert.EndsWith("\r\n\r\nHello, World!\n", await connection.ReadResponseAsync(), StringComparison.Ordinal);

        folder.Configure(Greeting("Servus"));
        server.Signal(PosixSignalNumber.Hangup);
        await server.Log.WaitForAsync("generation 2 serves");
        await connection.SendAsync(Request);
        Assert.EndsWith("\r\n\r\nServus, World!\n", await connection.ReadResponseAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hangup_EndpointAdded_IsListenedOn()
    {
        using var folder = new ServerFolder();
        folder.Configure(Greeting("Hello"));
        await using var server = await ServerProcess.StartAsync(folder);
        using var port = new ReservedPort();
        folder.Configure(Greeting("Hello").Replace("127.0.0.1:0\"", $"127.0.0.1:0\", \"http://127.0.0.1:{port.Number}\"", StringComparison.Ordinal));
        server.Signal(PosixSignalNumber.Hangup);
        await server.Log.WaitForAsync("generation 2 serves");
        using var connection = await RawClient.ConnectAsync(new Uri($"http://127.0.0.1:{port.Number}"));
        await connection.SendAsync(Request);
        Assert.StartsWith("HTTP/1.1 200 ", await connection.ReadResponseAsync(), StringComparison.Ordinal);
        using var first = await server.ConnectAsync();
        await first.SendAsync(Request);
        Assert.StartsWith("HTTP/1.1 200 ", await first.ReadResponseAsync(), StringComparison.Ordinal);
    }

    private static string Greeting(string word) => $$"""
        { "Webserv": {
            "VirtualServers": [ { "Name": "main", "Listen": ["http://127.0.0.1:0"],
              "Pipeline": [
                { "Use": "Hello", "When": { "Path": "/hello" }, "Options": { "Greeting": "{{word}}" } } ] } ] } }
        """;
}
