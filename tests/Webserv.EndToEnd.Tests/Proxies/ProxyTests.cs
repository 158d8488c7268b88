using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Webserv.EndToEnd.Tests.Processes;

namespace Webserv.EndToEnd.Tests.Proxies;

/// <summary>
/// The built server behind proxies, as a script sees it. The PROXY protocol is spoken on 127.0.0.2; forwarded
/// fields are believed of whom each test names.
/// </summary>
public sealed class ProxyTests
{
    private const string Protocol = """ "ProxyProtocol": { "Endpoints": ["http://127.0.0.2:0"], "Networks": ["loopback"] } """;
    private const string Environment = "GET /env.py HTTP/1.1\r\nHost: www.example.com\r\nConnection: close\r\n";

    [Theory]
    [InlineData("PROXY TCP4 203.0.113.7 198.51.100.2 50001 443\r\n", "203.0.113.7", "50001", "198.51.100.2", "443", "http")]
    [InlineData("PROXY TCP6 2001:db8::7 2001:db8::2 50001 80\r\n", "2001:db8::7", "50001", "2001:db8::2", "80", "http")]
    [InlineData("\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x14\xCB\0\x71\x07\xC6\x33\x64\x02\xC3\x51\x01\xBB\x20\0\x05\x01\0\0\0\0", "203.0.113.7", "50001", "198.51.100.2", "443", "https")]
    public async Task ProxyHeader_TellsScriptsTheClient(string header, string address, string port, string serverAddress, string serverPort, string scheme)
    {
        using var folder = Prepare(Protocol);
        await using var server = await ServerProcess.StartAsync(folder, endpoints: 2);
        var variables = Read(await ExchangeAsync(server, 1, header + Environment + "X-Forwarded-For: 10.9.9.9\r\nX-Forwarded-Proto: https\r\n\r\n"));
        Assert.Equal((address, port), (variables["REMOTE_ADDR"], variables["REMOTE_PORT"]));
        Assert.Equal((serverAddress, serverPort), (variables["SERVER_ADDR"], variables["SERVER_PORT"]));
        Assert.Equal((scheme, scheme == "https"), (variables["REQUEST_SCHEME"], variables.ContainsKey("HTTPS")));
        Assert.Equal("10.9.9.9", variables["HTTP_X_FORWARDED_FOR"]);
    }

    [Fact]
    public async Task ProxyHeader_OfCurl_IsUnderstood()
    {
        using var folder = Prepare(Protocol);
        await using var server = await ServerProcess.StartAsync(folder, endpoints: 2);
        var result = await ExternalProgram.CurlAsync("--haproxy-protocol", "--interface", "127.0.0.3", new Uri(server.Endpoints[1], "/env.py").ToString());
        Assert.Contains("\nREMOTE_ADDR=127.0.0.3\n", "\n" + result.Succeeded(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ProxyHeader_MissingOrFromElsewhere_IsClosedWithoutAnswer()
    {
        using var folder = Prepare(""" "ProxyProtocol": { "Endpoints": ["http://127.0.0.2:0"], "Networks": ["127.0.0.1"] } """);
        await using var server = await ServerProcess.StartAsync(folder, endpoints: 2);
        var missing = await ExternalProgram.CurlAsync("--interface", "127.0.0.1", new Uri(server.Endpoints[1], "/env.py").ToString());
        Assert.NotEqual(0, missing.ExitCode);
        Assert.Empty(missing.Output);
        var elsewhere = await ExternalProgram.CurlAsync("--haproxy-protocol", "--interface", "127.0.0.3", new Uri(server.Endpoints[1], "/env.py").ToString());
        Assert.NotEqual(0, elsewhere.ExitCode);
        Assert.Empty(elsewhere.Output);
        await server.Log.WaitForAsync("the last from 127.0.0.3:");

        // The other endpoint knows nothing of it.
        Assert.Equal("127.0.0.1", Read(await ExchangeAsync(server, 0, Environment + "\r\n"))["REMOTE_ADDR"]);
    }

    [Fact]
    public async Task ProxyProtocol_TurnedOnByReload_HoldsForTheListenerThatIsThere()
    {
        using var folder = Prepare("");
        await using var server = await ServerProcess.StartAsync(folder, endpoints: 2);
        Assert.Equal("127.0.0.1", Read(await ExchangeAsync(server, 1, Environment + "\r\n"))["REMOTE_ADDR"]);
        Configure(folder, Protocol);
        server.Signal(PosixSignalNumber.Hangup);
        await server.Log.WaitForAsync("generation 2 serves");
        Assert.Equal("203.0.113.7", Read(await ExchangeAsync(server, 1, "PROXY TCP4 203.0.113.7 198.51.100.2 50001 443\r\n" + Environment + "\r\n"))["REMOTE_ADDR"]);
        Assert.Equal("", await ExchangeAsync(server, 1, Environment + "\r\n"));
    }

    [Fact]
    public async Task Forwarded_FromATrustedProxy_TellsScriptsTheClient()
    {
        using var folder = Prepare(""" "TrustedNetworks": ["127.0.0.1", "10.0.0.0/8"] """);
        await using var server = await ServerProcess.StartAsync(folder, endpoints: 2);
        var variables = Read(await ExchangeAsync(
            server, 0, Environment + "X-Forwarded-For: 10.9.9.9, 203.0.113.7:4711, 10.0.0.2\r\nX-Forwarded-Proto: https\r\n\r\n"));
        Assert.Equal(("203.0.113.7", "4711"), (variables["REMOTE_ADDR"], variables["REMOTE_PORT"]));
        Assert.Equal(("on", "https", "443"), (variables["HTTPS"], variables["REQUEST_SCHEME"], variables["SERVER_PORT"]));
        Assert.Equal(("www.example.com", "127.0.0.1"), (variables["SERVER_NAME"], variables["SERVER_ADDR"]));
    }

    [Fact]
    public async Task Forwarded_FromAStranger_HasNoEffect()
    {
        using var folder = Prepare(""" "TrustedNetworks": ["127.0.0.1", "10.0.0.0/8"], "ForwardedHost": true """);
        await using var server = await ServerProcess.StartAsync(folder, endpoints: 2);
        var result = await ExternalProgram.CurlAsync(
            "--interface", "127.0.0.3", "-H", "X-Forwarded-For: 10.0.0.1", "-H", "X-Forwarded-Proto: https", "-H", "X-Forwarded-Host: evil.example",
            "-H", "Forwarded: for=10.0.0.1;proto=https", new Uri(server.Address, "/env.py").ToString());
        var variables = Read("\r\n\r\n" + result.Succeeded());
        Assert.Equal(("127.0.0.3", "http", "127.0.0.1"), (variables["REMOTE_ADDR"], variables["REQUEST_SCHEME"], variables["SERVER_NAME"]));
        Assert.Equal(server.Address.Port.ToString(CultureInfo.InvariantCulture), variables["SERVER_PORT"]);
        Assert.False(variables.ContainsKey("HTTPS"));
        Assert.Equal("10.0.0.1", variables["HTTP_X_FORWARDED_FOR"]);
    }

    [Fact]
    public async Task Forwarded_OverAUnixSocket_TellsScriptsTheClient()
    {
        var path = Path.Combine(Path.GetTempPath(), $"webserv-{Guid.NewGuid():N}.sock");
        using var folder = Prepare(""" "TrustedNetworks": "unix", "ForwardedFields": "Forwarded" """, $"unix:{path}");
        await using var server = await ServerProcess.StartAsync(folder, endpoints: 2);
        var result = await ExternalProgram.CurlAsync(
            "--unix-socket", path, "-H", "Forwarded: for=\"[2001:db8::7]:4711\";proto=https", "-H", "X-Forwarded-For: 192.0.2.1", "http://www.example.com/env.py");
        var variables = Read("\r\n\r\n" + result.Succeeded());
        Assert.Equal(("2001:db8::7", "4711", "on"), (variables["REMOTE_ADDR"], variables["REMOTE_PORT"], variables["HTTPS"]));
    }

    private static ServerFolder Prepare(string proxies, string listen = "http://127.0.0.2:0")
    {
        var folder = new ServerFolder();
        folder.WriteScript("cgi/env.py", "import os\nprint('Content-Type: text/plain\\n')\nfor name, value in os.environ.items():\n    print(f'{name}={value}')\n");
        Configure(folder, proxies, listen);
        return folder;
    }

    private static void Configure(ServerFolder folder, string proxies, string listen = "http://127.0.0.2:0") => folder.Configure($$"""
        { "Webserv": {
            "Proxies": { {{proxies}} },
            "VirtualServers": [ {
                "Name": "trial", "Listen": ["http://127.0.0.1:0", "{{listen}}"], "Root": "cgi",
                "Pipeline": [ { "Use": "Cgi", "Options": { "Interpreters": { ".py": "python3" } } } ] } ] } }
        """);

    private static async Task<string> ExchangeAsync(ServerProcess server, int endpoint, string octets)
    {
        using var client = await server.ConnectAsync(endpoint);
        await client.SendAsync(Encoding.Latin1.GetBytes(octets));
        try
        {
            return await client.ReadToEndAsync();
        }
        catch (SocketException)
        {
            // A close with bytes unread is a reset: no answer.
            return "";
        }
    }

    private static Dictionary<string, string> Read(string answer)
    {
        var body = answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
        return body.Split('\n').Select(line => line.TrimEnd('\r').Split('=', 2)).Where(pair => pair.Length == 2)
            .DistinctBy(pair => pair[0]).ToDictionary(pair => pair[0], pair => pair[1]);
    }
}
