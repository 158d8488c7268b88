using Webserv.EndToEnd.Tests.Processes;

namespace Webserv.EndToEnd.Tests.Plugins;

/// <summary>What becomes of the whole process.</summary>
public sealed class ContainmentTests
{
    [Fact]
    public async Task Plugin_ThrowsOnATimer_IsNamedBeforeTheProcessIsLost()
    {
        using var folder = new ServerFolder();
        Install(folder, "Misbehaves");
        folder.Configure(Configuration("ThrowsOnTimer"));
        await using var server = await ServerProcess.StartAsync(folder);
        using (var client = server.CreateClient())
        {
            // Whether the answer comes before the end is a matter of luck.
            await client.GetAsync("/", TestContext.Current.CancellationToken).ContinueWith(_ => { }, TestContext.Current.CancellationToken, TaskContinuationOptions.None, TaskScheduler.Default);
        }

        Assert.NotEqual(0, await server.WaitForExitAsync());
        Assert.Contains(server.Log.Lines, line => line.Contains("Webserv[312] Plugin Misbehaves 0.1.0.0 ends the process", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Rollback_WhileTheServerRuns_BringsTheVersionBeforeBack()
    {
        using var folder = new ServerFolder();
        var file = Install(folder, "Versioned");
        folder.Configure(Configuration("Versioned"));
        var first = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        var second = first.ToArray();
        "build-0002"u8.ToArray().Select(character => new[] { character, (byte)0 }).SelectMany(pair => pair).ToArray()
            .CopyTo(second, second.AsSpan().IndexOf(System.Text.Encoding.Unicode.GetBytes("build-0001")));
        await using var server = await ServerProcess.StartAsync(folder);
        using var client = server.CreateClient();
        Assert.StartsWith("build-0001", await client.GetStringAsync("/", TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await File.WriteAllBytesAsync(file, second, TestContext.Current.CancellationToken);
        await server.Log.WaitForAsync("generation 2 serves");
        Assert.StartsWith("build-0002", await client.GetStringAsync("/", TestContext.Current.CancellationToken), StringComparison.Ordinal);

        var result = await ExternalProgram.RunAsync(
            "env", [$"XDG_CACHE_HOME={folder.Combine(".cache")}", Repository.Server, "plugins", "rollback", "Versioned", "--config", folder.Configuration]);
        Assert.Equal((0, ""), (result.ExitCode, result.Errors));
        await server.Log.WaitForAsync("generation 3 serves");
        Assert.StartsWith("build-0001", await client.GetStringAsync("/", TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(second, await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken));
    }

    private static string Install(ServerFolder folder, string plugin)
    {
        var target = folder.MakeDirectory("plugins", plugin);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "TestPlugins", plugin)))
        {
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        }

        return Path.Combine(target, plugin + ".dll");
    }

    private static string Configuration(string middleware) => $$"""
        { "Webserv": {
            "Plugins": { "Directories": ["plugins"] },
            "VirtualServers": [ { "Name": "main", "Listen": ["http://127.0.0.1:0"], "Pipeline": [ { "Use": "{{middleware}}" } ] } ] } }
        """;
}
