using Microsoft.Playwright;
using Webserv.EndToEnd.Tests.Plugins;
using Webserv.EndToEnd.Tests.Processes;

namespace Webserv.EndToEnd.Tests.Browser;

/// <summary>Pages that are open while what makes them changes, and nobody touches them.</summary>
public sealed class RefreshTests(Chromium chromium) : IClassFixture<Chromium>
{
    private const int Patience = 20_000;

    [Fact]
    public async Task Page_PluginReplacedAndServerStartedAnew_ShowsTheNewAnswer()
    {
        using var folder = new ServerFolder();
        using var port = new ReservedPort();
        var plugin = VersionedBuilds.Install(folder, 1);
        folder.MakeDirectory("www");
        folder.Configure(Configuration(port.Number, """{ "Use": "Versioned" }"""));
        await using var tab = await chromium.OpenAsync();
        await using (var server = await ServerProcess.StartAsync(folder))
        {
            await tab.Page.GotoAsync(new Uri(server.Address, "/page").AbsoluteUri);
            await ShowsAsync(tab, VersionedBuilds.Marker(1));
            await File.WriteAllBytesAsync(plugin, VersionedBuilds.Build(2), TestContext.Current.CancellationToken);
            await ShowsAsync(tab, VersionedBuilds.Marker(2));

            // The page that waits for news holds up neither the build that was replaced nor the end of the server.
            await server.Log.WaitForAsync("Plugin Versioned 0.1.0.0 unloaded");
            Assert.Equal(0, await server.StopAsync());
            Assert.DoesNotContain(server.Log.Lines, line => line.Contains("were cut", StringComparison.Ordinal));
        }

        await File.WriteAllBytesAsync(plugin, VersionedBuilds.Build(3), TestContext.Current.CancellationToken);
        await using var next = await ServerProcess.StartAsync(folder);
        await ShowsAsync(tab, VersionedBuilds.Marker(3));
    }

    [Fact]
    public async Task Page_FileSavedAndConfigurationSaved_IsLoadedAgainUnderAStrictPolicy()
    {
        const string Files = """{ "Use": "StaticFiles", "Options": { "ExtraFields": { "Content-Security-Policy": "default-src 'self'" } CACHE } }""";
        using var folder = new ServerFolder();
        folder.Write("www/index.html", "<!doctype html><html lang=\"en\"><title>x</title><link rel=\"icon\" href=\"/icon.png\"><link rel=\"stylesheet\" href=\"/x.css\"><p>first</p></html>");
        folder.Write("www/icon.png", "");
        folder.Write("www/x.css", "p { width: 100px }");
        folder.Configure(Configuration(0, Files.Replace("CACHE", """, "CacheRules": [ { "Match": ["*"], "CacheControl": "max-age=3600" } ]""", StringComparison.Ordinal)));
        await using var server = await ServerProcess.StartAsync(folder);
        await using var tab = await chromium.OpenAsync();
        await tab.Page.GotoAsync(server.Address.AbsoluteUri);
        await ShowsAsync(tab, "first");

        // What a page consists of is not taken from the cache either.
        folder.Write("www/x.css", "p { width: 200px }");
        await Assertions.Expect(tab.Page.Locator("p")).ToHaveCSSAsync("width", "200px", new LocatorAssertionsToHaveCSSOptions { Timeout = Patience });
        folder.Write("www/index.html", "<!doctype html><html lang=\"en\"><title>x</title><link rel=\"icon\" href=\"/icon.png\"><p>second</p></html>");
        await ShowsAsync(tab, "second");
        folder.Configure(Configuration(0, """{ "Use": "Redirect", "When": { "Path": "/" }, "Options": { "To": "/hello" } }, { "Use": "Hello" }"""));
        await ShowsAsync(tab, "Hello, World!");
        Assert.DoesNotContain(tab.Problems, problem => problem.Contains("Content Security Policy", StringComparison.Ordinal));
    }

    private static Task ShowsAsync(Tab tab, string text) =>
        Assertions.Expect(tab.Page.Locator("body")).ToContainTextAsync(text, new LocatorAssertionsToContainTextOptions { Timeout = Patience });

    private static string Configuration(int port, string entries) => $$"""
        { "Logging": { "LogLevel": { "Webserv.Plugins": "Debug" } },
          "Webserv": {
            "Plugins": { "Directories": ["plugins"] },
            "Limits": { "ShutdownTimeout": "5m" },
            "VirtualServers": [ { "Name": "main", "Listen": ["http://127.0.0.1:{{port}}"], "Root": "www", "Pipeline": [ { "Use": "BrowserRefresh" }, {{entries}} ] } ] } }
        """;
}
