using Webserv.EndToEnd.Tests.Processes;
using Webserv.EndToEnd.Tests.Site;

namespace Webserv.EndToEnd.Tests.Plugins;

/// <summary>The folder of <c>dotnet publish Webserv.Host</c>.</summary>
public sealed class PublishTests
{
    [Fact]
    public async Task Publish_FolderElsewhere_RunsByItself()
    {
        using var folder = new ServerFolder();

        // What the tests were built from is published, not built again, by one run at a time.
        var result = await ExternalProgram.RunAsync(
            ExternalProgram.Find("flock", "util-linux"),
            [
                Repository.Path("Webserv.Host", "obj", "publish.lock"), ExternalProgram.Find("dotnet", "dotnet-sdk-10.0"),
                "publish", "Webserv.Host", "--no-build", "-c", Repository.BuildConfiguration, "-o", folder.Combine("out"), "-nodeReuse:false",
            ],
            Repository.Root);
        result.Succeeded();
        Directory.Move(folder.Combine("out"), folder.Combine("elsewhere"));
        foreach (var id in (string[])["Cgi", "DirectoryListing", "Hello", "Redirect", "StaticFiles", "Uploads"])
        {
            Assert.True(File.Exists(folder.Combine("elsewhere", "plugins", "Webserv.Plugins." + id, $"Webserv.Plugins.{id}.dll")), id);
        }

        folder.Write("site/a.txt", "from a file");
        folder.WriteScript("site/b.cgi", "#!/bin/sh\nprintf 'Content-Type: text/plain\\r\\n\\r\\nfrom a script'\n");
        folder.Configure("""
            { "Webserv": { "VirtualServers": [ { "Name": "main", "Listen": ["http://127.0.0.1:0"], "Root": "site", "Pipeline": [
                { "Use": "Hello", "When": { "Path": "/hello" } },
                { "Use": "Cgi", "When": { "Extensions": [".cgi"] }, "Options": { "Interpreters": { ".cgi": "" } } },
                { "Use": "StaticFiles" }, { "Use": "DirectoryListing" } ] } ] } }
            """);
        await using var server = await ServerProcess.StartAsync(folder, program: folder.Combine("elsewhere", "webserv"));
        using var client = server.CreateClient();
        Assert.Equal("from a file", await client.GetTextAsync("/a.txt"));
        Assert.Equal("from a script", await client.GetTextAsync("/b.cgi"));
        Assert.Equal("Hello, World!\n", await client.GetTextAsync("/hello"));
        Assert.Contains("./a.txt", await client.GetTextAsync("/"), StringComparison.Ordinal);
        Assert.Equal(0, await server.StopAsync());
    }
}
