using System.Net;
using System.Reflection;
using Webserv.EndToEnd.Tests.Processes;
using Webserv.EndToEnd.Tests.Site;

namespace Webserv.EndToEnd.Tests.Plugins;

/// <summary>A plugin that is written as the page for authors says works in a server that knows nothing of it.</summary>
public sealed class AuthoringTests(Workshop workshop) : IClassFixture<Workshop>
{
    private const string HostsPackage = "System.CommandLine";
    private const string OtherVersion = "2.0.0";

    [Fact]
    public async Task Foo_BuiltByTheStepsOfThePage_AnswersAfterARestart()
    {
        using var folder = new ServerFolder();
        folder.Configure(Configuration("""{ "Use": "Hello", "When": { "Path": "/hello" } }"""));
        await using (var before = await ServerProcess.StartAsync(folder))
        {
            using var client = before.CreateClient();
            using var missing = await client.FetchAsync("/foo");
            Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
            await workshop.PublishAsync(folder.Combine("plugins", "Foo"));
            Assert.Equal(0, await before.StopAsync());
        }

        Assert.Equal(["Foo.dll", "Humanizer.dll"], Directory.GetFiles(folder.Combine("plugins", "Foo"), "*.dll").Select(Path.GetFileName).Order());
        folder.Configure(Configuration(workshop.Entry));
        await using var after = await ServerProcess.StartAsync(folder);
        using var other = after.CreateClient();
        Assert.Equal("three bottles\n", await other.GetTextAsync("/foo"));
        Assert.Contains(after.Log.Lines, line => line.Contains("Plugin Foo 1.0.0.0 loaded", StringComparison.Ordinal));
    }

    [Fact]
    public async Task PrivateDependency_InAnotherVersionThanTheHosts_IsThePluginsOwn()
    {
        using var folder = new ServerFolder();
        await workshop.PublishAsync(folder.Combine("plugins", "Bar"), "Bar", (file, text) => file switch
        {
            "Foo.csproj" => text
                .Replace("Humanizer.Core", HostsPackage, StringComparison.Ordinal)
                .Replace("2.14.1", OtherVersion, StringComparison.Ordinal),
            "FooMiddleware.cs" => text
                .Replace("using Humanizer;", "using System.CommandLine; using System.Reflection;", StringComparison.Ordinal)
                .Replace(
                    "options.Value.Unit.ToQuantity(options.Value.Count, ShowQuantityAs.Words)",
                    "options.Value.Unit + typeof(RootCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion",
                    StringComparison.Ordinal),
            _ => text,
        });
        folder.Configure(Configuration("""{ "Use": "Bar", "Options": { "Unit": "version " } }"""));
        await using var server = await ServerProcess.StartAsync(folder);
        using var client = server.CreateClient();
        Assert.StartsWith($"version {OtherVersion}+", await client.GetTextAsync("/"), StringComparison.Ordinal);
        var hosts = AssemblyName.GetAssemblyName(Repository.BuiltFile("Webserv.Host", HostsPackage + ".dll")).Version;
        var plugins = AssemblyName.GetAssemblyName(folder.Combine("plugins", "Bar", HostsPackage + ".dll")).Version;
        Assert.NotEqual(hosts, plugins);
    }

    private static string Configuration(string entry) => $$"""
        { "Webserv": {
            "Plugins": { "Directories": ["plugins"] },
            "VirtualServers": [ { "Name": "main", "Listen": ["http://127.0.0.1:0"], "Pipeline": [ {{entry}} ] } ] } }
        """;
}
