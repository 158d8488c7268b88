using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Webserv.EndToEnd.Tests.Processes;

namespace Webserv.EndToEnd.Tests.Hardening;

/// <summary>
/// A server with one of everything that can be disturbed: small and large files, uploads, scripts. Whatever a test does to it, it
/// must be as it was afterwards.
/// </summary>
internal sealed class TrialSite : IAsyncDisposable
{
    public const int SmallLength = 612;
    public const int LargeLength = 16 * 1024 * 1024;

    /// <summary>A request for the small file that ends its connection.</summary>
    public const string GetSmall = "GET /small.html HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

    private TrialSite(ServerFolder folder, ServerProcess server)
    {
        Folder = folder;
        Server = server;
    }

    public ServerFolder Folder { get; }

    public ServerProcess Server { get; }

    /// <summary>Where scripts run.</summary>
    public string Scripts => Folder.Combine("cgi");

    /// <summary>Where uploads go.</summary>
    public string Uploads => Folder.Combine("up");

    /// <summary>Makes a folder with files, scripts and a configuration.</summary>
    /// <param name="limits">The members of <c>Limits</c>.</param>
    /// <param name="listen">The items of <c>Listen</c>.</param>
    public static ServerFolder Prepare(string limits = "", string listen = "\"http://127.0.0.1:0\"")
    {
        var folder = new ServerFolder();
        folder.Write("www/small.html", new string('s', SmallLength));
        var large = new byte[LargeLength];
        new Random(1).NextBytes(large);
        folder.Write("www/large.bin", large);
        folder.MakeDirectory("up");
        folder.WriteScript("cgi/hello.sh", "#!/bin/sh\nprintf 'Content-Type: text/plain\\r\\n\\r\\nhello'\n");
        folder.WriteScript("cgi/sleep.sh", "#!/bin/sh\nsleep 100\n");
        folder.WriteScript("cgi/count.py", "import sys\nbody = sys.stdin.buffer.read()\nprint('Content-Type: text/plain\\n\\n%d' % len(body), end='')\n");
        folder.WriteScript("cgi/upper.py", """
            import sys
            out = sys.stdout.buffer
            out.write(b"Content-Type: application/octet-stream\r\n\r\n")
            while True:
                body = sys.stdin.buffer.read1(65536)
                if not body:
                    break
                out.write(body.upper())
                out.flush()
            """);
        folder.Configure($$"""
            { "Webserv": {
                "Limits": { {{limits}} },
                "VirtualServers": [ {
                    "Name": "trial",
                    "Listen": [ {{listen}} ],
                    "Root": "www",
                    "MaxRequestBodySize": "200MB",
                    "Pipeline": [
                        { "When": { "Path": "/up/*" }, "Root": "up", "Pipeline": [
                            { "Use": "Uploads", "Options": { "Conflict": "Replace" } }, { "Use": "StaticFiles" } ] },
                        { "When": { "Path": "/cgi/*" }, "Root": "cgi", "Pipeline": [
                            { "Use": "Cgi", "Options": { "Interpreters": { ".py": "python3", ".sh": "" }, "ChunkedBody": "Stream", "KillGrace": "300ms" } } ] },
                        { "Use": "StaticFiles" } ] } ] } }
            """);
        return folder;
    }

    /// <summary>Starts a server on a folder of its own.</summary>
    public static Task<TrialSite> StartAsync(string limits = "", IReadOnlyList<string>? launcher = null) =>
        StartAsync(Prepare(limits), launcher);

    /// <summary>Starts a server on a folder, which is gone with it.</summary>
    public static async Task<TrialSite> StartAsync(
        ServerFolder folder, IReadOnlyList<string>? launcher = null, int endpoints = 1, string? program = null)
    {
        try
        {
            return new TrialSite(folder, await ServerProcess.StartAsync(folder, endpoints, program: program, launcher: launcher));
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>The status of an answer; 0 where the connection was closed without one.</summary>
    public static int StatusOf(string answer)
    {
        if (answer.Length == 0)
        {
            return 0;
        }

        Assert.StartsWith("HTTP/1.1 ", answer, StringComparison.Ordinal);
        return int.Parse(answer.AsSpan(9, 3), CultureInfo.InvariantCulture);
    }

    /// <summary>The body of a whole answer. What a script wrote may be chunked or not: that depends on how quick it was.</summary>
    public static string BodyOf(string answer)
    {
        var head = answer.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        Assert.True(head > 0, answer);
        var rest = answer[(head + 4)..];
        if (!answer[..head].Contains("Transfer-Encoding: chunked", StringComparison.Ordinal))
        {
            return rest;
        }

        var body = new StringBuilder();
        while (true)
        {
            var line = rest.IndexOf("\r\n", StringComparison.Ordinal);
            Assert.True(line > 0, answer);
            var size = int.Parse(rest.AsSpan(0, line), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            if (size == 0)
            {
                Assert.Equal("0\r\n\r\n", rest);
                return body.ToString();
            }

            body.Append(rest, line + 2, size);
            rest = rest[(line + 2 + size + 2)..];
        }
    }

    /// <summary>Sends bytes on a connection of their own and reads to its end.</summary>
    public async Task<string> ExchangeAsync(string bytes)
    {
        using var client = await Server.ConnectAsync();
        try
        {
            await client.SendAsync(bytes);
        }
        catch (SocketException)
        {
            // The server has said no before it had everything; what it said is there to be read.
        }

        return await client.ReadToEndAsync();
    }

    /// <summary>Uses everything once, so that what is opened for the first time only is open.</summary>
    /// <returns>What the process has open then.</returns>
    public async Task<int> WarmUpAsync()
    {
        var idle = ProcessTable.OpenIn(Server.Id).Count(IsSocketOrPipe);
        Assert.Equal(200, StatusOf(await ExchangeAsync(GetSmall)));
        Assert.Equal(200, StatusOf(await ExchangeAsync("GET /large.bin HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")));
        var counted = await ExchangeAsync("POST /cgi/count.py HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc");
        Assert.True(BodyOf(counted) == "3", counted);
        Assert.Equal(201, StatusOf(await ExchangeAsync(
            "PUT /up/first HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc")));
        File.Delete(Path.Combine(Uploads, "first"));
        await Eventually.HoldsAsync(() => ProcessTable.ChildrenOf(Server.Id).Count == 0, () => "a script is left");
        await Eventually.HoldsAsync(
            () => ProcessTable.OpenIn(Server.Id).Count(IsSocketOrPipe) <= idle, () => string.Join('\n', ProcessTable.OpenIn(Server.Id)));
        return ProcessTable.OpenIn(Server.Id).Count;
    }

    /// <summary>Checks that a server is as it was: it serves, and no descriptor, process, zombie or temporary file is left.</summary>
    /// <param name="open">What it had open before.</param>
    public async Task CheckUnharmedAsync(int open)
    {
        Assert.True(Server.IsRunning, Server.Log.ToString());
        Assert.EndsWith(new string('s', SmallLength), await ExchangeAsync(GetSmall), StringComparison.Ordinal);
        await Eventually.HoldsAsync(
            () => ProcessTable.ChildrenOf(Server.Id).Count == 0, () => "children: " + string.Join(", ", ProcessTable.ChildrenOf(Server.Id)));
        await Eventually.HoldsAsync(() => ProcessTable.WorkingIn(Scripts).Count == 0, () => "processes of scripts are left");
        await Eventually.HoldsAsync(
            () => ProcessTable.OpenIn(Server.Id).Count <= open,
            () => $"more than {open} descriptors are open:\n" + string.Join('\n', ProcessTable.OpenIn(Server.Id).Order()));
        await Eventually.HoldsAsync(
            () => !Directory.EnumerateFileSystemEntries(Uploads).Any(), () => string.Join(", ", Directory.EnumerateFileSystemEntries(Uploads)));
        Assert.DoesNotContain(Server.Log.Lines, line => line.Contains(" fail: ", StringComparison.Ordinal) || line.Contains(" crit: ", StringComparison.Ordinal));
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        foreach (var left in ProcessTable.WorkingIn(Folder.Root))
        {
            NativeCalls.KillIfAlive(left);
        }

        Folder.Dispose();
    }

    private static bool IsSocketOrPipe(string path) => path.Contains("pipe:", StringComparison.Ordinal) || path.Contains("socket:", StringComparison.Ordinal);
}
