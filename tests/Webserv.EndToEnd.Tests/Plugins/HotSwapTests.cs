using System.Collections.Concurrent;
using System.Diagnostics;
using Webserv.EndToEnd.Tests.Processes;
using static Webserv.EndToEnd.Tests.Plugins.VersionedBuilds;

namespace Webserv.EndToEnd.Tests.Plugins;

/// <summary>Plugins and configurations that change while the server runs, without a signal.</summary>
public sealed class HotSwapTests
{
    private const int Clients = 8;
    private const int Replacements = 12;

    [Fact]
    public async Task Plugin_ReplacedAgainAndAgainUnderLoad_LosesNothingAndMixesNothing()
    {
        using var folder = new ServerFolder();
        var file = Install(folder, 1);
        folder.Configure(Configuration(""));
        await using var server = await ServerProcess.StartAsync(folder);
        using var over = new CancellationTokenSource();
        var seen = new ConcurrentDictionary<string, long>();
        var clients = Enumerable.Range(0, Clients).Select(client => AskAsync(server, client == 0 ? "/slow" : "/", seen, over.Token)).ToArray();
        var times = new List<TimeSpan>();
        var broken = 0;
        for (var build = 2; build < Replacements + 2; build++)
        {
            if (build % 4 == 0)
            {
                // Half a file: what serves goes on serving.
                await File.WriteAllBytesAsync(file, Build(build)[..2000], TestContext.Current.CancellationToken);
                broken++;
                await server.Log.WaitAsync(
                    lines => lines.Count(line => line.Contains("which was loaded before, goes on in its place", StringComparison.Ordinal)) == broken,
                    TimeSpan.FromSeconds(30),
                    server.Log.ToString);
            }

            await ReplaceAsync(file, build);
            var start = Stopwatch.GetTimestamp();
            while (!seen.ContainsKey(Marker(build)))
            {
                Assert.DoesNotContain(clients, client => client.IsCompleted);
                Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(20), $"{Marker(build)} does not answer: {string.Join('\n', server.Log.Lines.TakeLast(10))}");
                await Task.Delay(5, TestContext.Current.CancellationToken);
            }

            times.Add(Stopwatch.GetElapsedTime(start));
        }

        await over.CancelAsync();
        await Task.WhenAll(clients);
        Assert.Equal(Replacements, server.Log.Lines.Count(line => line.Contains("Plugin Versioned 0.1.0.0 is replaced by", StringComparison.Ordinal)));
        Assert.Equal(Enumerable.Range(1, Replacements + 1).Select(Marker), seen.Keys.Order(StringComparer.Ordinal));
        TestContext.Current.TestOutputHelper?.WriteLine($"median {times.Order().ElementAt(times.Count / 2).TotalMilliseconds:0} ms, {seen.Values.Sum()} answers");
    }

    [Fact]
    public async Task Configuration_Saved_TakesEffectWithoutASignal()
    {
        using var folder = new ServerFolder();
        Install(folder, 1);
        folder.Configure(Configuration(""));
        await using var server = await ServerProcess.StartAsync(folder);
        using var connection = await server.ConnectAsync();
        Assert.Contains(Marker(1), await GetAsync(connection, "/"), StringComparison.Ordinal);

        folder.Configure(Configuration("""{ "Use": "Nothing" },"""));
        await server.Log.WaitForAsync("no plugin offers a middleware 'Nothing'");
        Assert.Contains(Marker(1), await GetAsync(connection, "/"), StringComparison.Ordinal);

        folder.Configure(Configuration("""{ "Use": "Hello", "When": { "Path": "/hello" } },"""));
        await server.Log.WaitForAsync("generation 2 serves");
        Assert.EndsWith("Hello, World!\n", await GetAsync(connection, "/hello"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plugin_AddedAndRemoved_IsNoticed()
    {
        using var folder = new ServerFolder();
        folder.MakeDirectory("plugins");
        folder.Configure(Configuration("""{ "Use": "Hello", "When": { "Path": "/hello" } },""").Replace("""{ "Use": "Versioned" }""", """{ "Use": "StaticFiles" }""", StringComparison.Ordinal));
        await using var server = await ServerProcess.StartAsync(folder);
        var file = Install(folder, 1);
        await server.Log.WaitForAsync("Plugin Versioned 0.1.0.0 loaded from");
        folder.Configure(Configuration(""));
        await server.Log.WaitForAsync("virtual servers that changed: main");
        using var connection = await server.ConnectAsync();
        Assert.Contains(Marker(1), await GetAsync(connection, "/"), StringComparison.Ordinal);

        // It is needed: the server that uses it goes on with it.
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
        await server.Log.WaitForAsync("no plugin offers a middleware 'Versioned'");
        Assert.Contains(Marker(1), await GetAsync(connection, "/"), StringComparison.Ordinal);
    }

    /// <summary>Asks again and again, on one connection. Builds that answer never go back.</summary>
    private static async Task AskAsync(ServerProcess server, string path, ConcurrentDictionary<string, long> seen, CancellationToken over)
    {
        using var connection = await server.ConnectAsync();
        var last = "";
        while (!over.IsCancellationRequested)
        {
            var answer = await GetAsync(connection, path);
            Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer, StringComparison.Ordinal);
            var body = answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
            var marker = body[..10];
            Assert.Equal(string.Concat(Enumerable.Repeat(marker + "\n", 20)), body);
            Assert.True(string.CompareOrdinal(marker, last) >= 0, $"{marker} answered after {last}");
            last = marker;
            seen.AddOrUpdate(marker, 1, static (_, count) => count + 1);
        }
    }

    private static async Task<string> GetAsync(RawClient connection, string path)
    {
        await connection.SendAsync($"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        return await connection.ReadResponseAsync();
    }

    /// <summary>In turn as <c>cp</c> does it, in two pieces with a pause, and by a rename.</summary>
    private static async Task ReplaceAsync(string file, int build)
    {
        var bytes = Build(build);
        switch (build % 3)
        {
            case 0:
                await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);
                break;
            case 1:
                await using (var stream = new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.ReadWrite))
                {
                    await stream.WriteAsync(bytes.AsMemory(0, 3000), TestContext.Current.CancellationToken);
                    await stream.FlushAsync(TestContext.Current.CancellationToken);
                    await Task.Delay(400, TestContext.Current.CancellationToken);
                    await stream.WriteAsync(bytes.AsMemory(3000), TestContext.Current.CancellationToken);
                }

                break;
            default:
                await File.WriteAllBytesAsync(file + ".new", bytes, TestContext.Current.CancellationToken);
                File.Move(file + ".new", file, overwrite: true);
                break;
        }
    }

    private static string Configuration(string before) => $$"""
        { "Webserv": {
            "Plugins": { "Directories": ["plugins"] },
            "VirtualServers": [ { "Name": "main", "Listen": ["http://127.0.0.1:0"], "Root": ".", "Pipeline": [ {{before}} { "Use": "Versioned" } ] } ] } }
        """;
}
