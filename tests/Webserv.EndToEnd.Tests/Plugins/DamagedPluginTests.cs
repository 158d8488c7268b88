using System.Net;
using Webserv.EndToEnd.Tests.Processes;
using Webserv.EndToEnd.Tests.Site;

namespace Webserv.EndToEnd.Tests.Plugins;

/// <summary>Files in a plugin directory that are no plugins, or not for this server.</summary>
public sealed class DamagedPluginTests
{
    [Fact]
    public async Task Start_WithPluginsThatCannotBeLoaded_NamesThemAndServesTheRest()
    {
        using var folder = new ServerFolder();
        var good = Repository.BuiltFile("Webserv.Host", "plugins", "Webserv.Plugins.Hello", "Webserv.Plugins.Hello.dll");
        var whole = await File.ReadAllBytesAsync(good, TestContext.Current.CancellationToken);
        var noise = new byte[5000];
        new Random(3).NextBytes(noise);
        folder.Write("plugins/Cut/Cut.dll", whole[..(whole.Length / 2)]);
        folder.Write("plugins/Noise/Noise.dll", noise);
        folder.Write("plugins/Empty.dll", []);
        folder.CopyDirectory(Path.Combine(AppContext.BaseDirectory, "TestPlugins", "NewerAbi"), "plugins", "NewerAbi");
        folder.Write("site/index.html", "still here");
        folder.Configure("""
            { "Webserv": {
                "Plugins": { "Directories": ["plugins"] },
                "VirtualServers": [ { "Name": "main", "Listen": ["http://127.0.0.1:0"], "Root": "site", "Pipeline": [
                    { "Use": "Noise", "When": { "Path": "/noise/*" } },
                    { "When": { "Path": "/branch/*" }, "Pipeline": [ { "Use": "NewerAbi" } ] },
                    { "Use": "Hello", "When": { "Path": "/hello" } },
                    { "Use": "StaticFiles" } ] } ] } }
            """);
        await using var server = await ServerProcess.StartAsync(folder);
        foreach (var name in (string[])["Cut/Cut", "Noise/Noise", "Empty", "NewerAbi/NewerAbi"])
        {
            await server.Log.WaitForAsync(folder.Combine("plugins", name + ".dll"));
        }

        var abi = await server.Log.WaitForAsync("Plugin NewerAbi (");
        Assert.Contains("99", abi, StringComparison.Ordinal);
        Assert.Contains(" 1", abi, StringComparison.Ordinal);
        using var client = server.CreateClient();
        Assert.Equal("still here", await client.GetTextAsync("/"));
        Assert.Equal("Hello, World!\n", await client.GetTextAsync("/hello"));
        foreach (var target in (string[])["/noise/", "/noise/a", "/branch/b"])
        {
            using var response = await client.FetchAsync(target);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        }

        Assert.Equal("still here", await client.GetTextAsync("/"));
    }
}
