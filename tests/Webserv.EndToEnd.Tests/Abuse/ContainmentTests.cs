using Webserv.EndToEnd.Tests.Hardening;
using Webserv.EndToEnd.Tests.Processes;

namespace Webserv.EndToEnd.Tests.Abuse;

/// <summary>What scripts have of the server, and what of them is there when the server is not.</summary>
public sealed class ContainmentTests
{
    // Leaves the group and session of its script, and reads and writes nothing of it.
    private const string Daemon = "(setsid sh -c 'cd daemon; echo > ready; exec sleep 1000' < /dev/null > /dev/null 2>&1 &)\nwhile [ ! -e daemon/ready ]; do sleep 0.01; done\n";

    [Fact]
    public async Task Get_WhileConnectionsAndScriptsAreMany_InheritsNothing()
    {
        using var folder = Prepare();
        folder.WriteScript("cgi/list.sh", "#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\n'; ls /proc/self/fd | tr '\\n' ' '\n");
        folder.WriteScript("cgi/wait.sh", "#!/bin/sh\necho > \"$QUERY_STRING\"; exec sleep 1000\n");
        await using var server = await ServerProcess.StartAsync(folder);
        var clients = new List<RawClient>();
        try
        {
            for (var i = 0; i < 100; i++)
            {
                var client = await server.ConnectAsync();
                clients.Add(client);
                if (i % 10 == 0)
                {
                    await client.SendAsync($"GET /{(i % 20 == 0 ? "cgi" : "limited")}/wait.sh?began{i} HTTP/1.1\r\nHost: x\r\n\r\n");
                }
            }

            await Eventually.HoldsAsync(() => Directory.GetFiles(folder.Combine("cgi"), "began*").Length == 10, () => "the scripts do not run");
            using var http = server.CreateClient();
            var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(
                i => http.GetStringAsync(i % 2 == 0 ? "/cgi/list.sh" : "/limited/list.sh", TestContext.Current.CancellationToken)));
            Assert.All(answers, static answer => Assert.Equal("0 1 2 3 ", answer)); // 3 is the directory that ls reads.
        }
        finally
        {
            clients.ForEach(static client => client.Reset());
            clients.ForEach(static client => client.Dispose());
        }

        await NothingIsLeftAsync(folder);
    }

    [Fact]
    public async Task Terminate_DaemonsAreLeft_EndsThem()
    {
        using var folder = Prepare();
        folder.MakeDirectory("cgi", "daemon");
        folder.WriteScript("cgi/daemon.sh", "#!/bin/sh\n" + Daemon + "printf 'Content-Type: text/plain\\n\\n'; echo done\n");
        await using var server = await ServerProcess.StartAsync(folder);
        using var http = server.CreateClient();
        Assert.Equal("done\n", await http.GetStringAsync("/cgi/daemon.sh", TestContext.Current.CancellationToken));
        Assert.Equal(0, await server.StopAsync());
        Assert.Empty(ProcessTable.WorkingIn(folder.Root));
    }

    [Fact]
    public async Task Reload_DaemonsOfAnEntryThatIsGone_EndWithIt()
    {
        using var folder = Prepare();
        folder.MakeDirectory("cgi", "daemon");
        folder.WriteScript("cgi/daemon.sh", "#!/bin/sh\n" + Daemon + "printf 'Content-Type: text/plain\\n\\n'; echo done\n");
        await using var server = await ServerProcess.StartAsync(folder);
        using (var http = server.CreateClient())
        {
            Assert.Equal("done\n", await http.GetStringAsync("/cgi/daemon.sh", TestContext.Current.CancellationToken));
        }

        Configure(folder, "");
        server.Signal(PosixSignalNumber.Hangup);
        await NothingIsLeftAsync(folder);
    }

    [Fact]
    public async Task Terminate_Twice_LeavesNeitherProcessesNorTemporaryDirectories()
    {
        using var folder = Prepare();
        folder.MakeDirectory("cgi", "daemon");
        folder.WriteScript("cgi/daemon.sh", "#!/bin/sh\ntouch \"$TMPDIR/x\"\n" + Daemon + "echo > began; trap '' TERM; sleep 1000; :\n");
        await using var server = await ServerProcess.StartAsync(
            folder, environment: new Dictionary<string, string> { ["TMPDIR"] = folder.MakeDirectory("tmp") });
        using var client = await server.ConnectAsync();
        await client.SendAsync("GET /limited/daemon.sh HTTP/1.1\r\nHost: x\r\n\r\n");
        await Eventually.HoldsAsync(() => File.Exists(folder.Combine("cgi", "began")), () => "the script does not run");
        Assert.Single(Directory.GetDirectories(folder.Combine("tmp"), "webserv-script-*"));
        server.Signal(PosixSignalNumber.Terminate);
        await server.Log.WaitForAsync("Stopping");
        server.Signal(PosixSignalNumber.Terminate);
        await server.WaitForExitAsync();
        await NothingIsLeftAsync(folder);
        Assert.Empty(Directory.GetDirectories(folder.Combine("tmp"), "webserv-script-*"));
    }

    private static ServerFolder Prepare()
    {
        var folder = new ServerFolder();
        folder.MakeDirectory("cgi");
        Configure(folder, """
            { "When": { "Path": "/cgi/*" }, "Root": "cgi", "Pipeline": [
                { "Use": "Cgi", "Options": { "Interpreters": { ".sh": "" }, "KillGrace": "200ms" } } ] },
            { "When": { "Path": "/limited/*" }, "Root": "cgi", "Pipeline": [
                { "Use": "Cgi", "Options": {
                    "Interpreters": { ".sh": "" }, "KillGrace": "200ms", "PrivateTemp": true, "Limits": { "OpenFiles": 64, "Umask": "027" } } } ] },
            """);
        return folder;
    }

    private static void Configure(ServerFolder folder, string entries) => folder.Configure($$"""
        { "Webserv": { "VirtualServers": [ {
            "Name": "contained", "Listen": ["http://127.0.0.1:0"], "Pipeline": [ {{entries}} { "Use": "Hello", "When": { "Path": "/hello" } } ] } ] } }
        """);

    private static Task NothingIsLeftAsync(ServerFolder folder) => Eventually.HoldsAsync(
        () => ProcessTable.WorkingIn(folder.Combine("cgi")).Count == 0, () => string.Join(", ", ProcessTable.WorkingIn(folder.Combine("cgi"))));
}
