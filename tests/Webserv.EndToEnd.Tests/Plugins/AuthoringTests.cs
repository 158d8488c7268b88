using System.IO.Compression;
using System.Net;
using System.Reflection;
using Webserv.EndToEnd.Tests.Hardening;
using Webserv.EndToEnd.Tests.Processes;
using Webserv.EndToEnd.Tests.Site;

namespace Webserv.EndToEnd.Tests.Plugins;

/// <summary>What the page for authors says works, word for word, with the packages and the template that are made of this checkout.</summary>
public sealed class AuthoringTests
{
    private static readonly TimeSpan BuildTimeout = TimeSpan.FromMinutes(2);
    private static readonly string[] Sources = ["Foo/FooOptions.cs", "Foo/FooOptionsValidator.cs", "Foo/FooMiddleware.cs"];

    [Fact]
    public async Task Page_FollowedFromTheTemplateToARunningServer_DoesWhatItSays()
    {
        var page = new AuthoringPage();
        await using var shop = new Workshop();
        await shop.PackAsync(page.Commands("1. Get the template"));
        CheckPackages(shop.Packages);
        Assert.Contains("succeeded: 4", await shop.RunAsync(page.Commands("2. Make a plugin")), StringComparison.Ordinal);
        Assert.Contains("\"Attach to the server\"", await File.ReadAllTextAsync(shop.Combine("Foo", ".vscode", "launch.json"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await Task.WhenAll(LoopAsync(shop, page), FilterAsync(shop));
        shop.Write("Foo/Foo.Tests/FooTests.cs", page.FileText("Foo.Tests/FooTests.cs"));
        Assert.Contains("succeeded: 2", await shop.RunAsync(page.Commands("5. Test it"), shop.Combine("Foo")), StringComparison.Ordinal);
        await DropAsync(shop, page);
    }

    [Fact]
    public async Task PrivateDependency_InAnotherVersionThanTheHosts_IsThePluginsOwn()
    {
        const string Library = "System.CommandLine.dll";
        using var folder = new ServerFolder();
        folder.CopyDirectory(Path.Combine(AppContext.BaseDirectory, "TestPlugins", "HostsLibrary"), "plugins", "HostsLibrary");
        folder.Configure(Configuration("""{ "Use": "HostsLibrary" }"""));
        await using var server = await ServerProcess.StartAsync(folder);
        using var client = server.CreateClient();
        Assert.StartsWith("2.0.0+", await client.GetTextAsync("/"), StringComparison.Ordinal);
        var hosts = AssemblyName.GetAssemblyName(Repository.BuiltFile("Webserv.Host", Library)).Version;
        var plugins = AssemblyName.GetAssemblyName(folder.Combine("plugins", "HostsLibrary", Library)).Version;
        Assert.NotEqual(hosts, plugins);
    }

    /// <summary>What a feed and a debugger ask of packages.</summary>
    private static void CheckPackages(string directory)
    {
        foreach (var id in (string[])["Webserv.Abstractions", "Webserv.Testing"])
        {
            var names = Open(id, "nupkg", out var text);
            Assert.Superset(new HashSet<string> { "README.md", $"lib/net10.0/{id}.dll", $"lib/net10.0/{id}.xml" }, names);
            Assert.Contains("""<license type="expression">MIT</license>""", text, StringComparison.Ordinal);
            Assert.Contains("<readme>README.md</readme>", text, StringComparison.Ordinal);
            Assert.Matches("<repository type=\"git\" .*commit=\"[0-9a-f]{40}\" />", text);
            Assert.Contains($"lib/net10.0/{id}.pdb", Open(id, "snupkg", out _));
        }

        Assert.Superset(
            new HashSet<string> { "build/Webserv.Abstractions.props", "build/Webserv.Abstractions.targets", "analyzers/dotnet/cs/Webserv.Analyzers.dll" },
            Open("Webserv.Abstractions", "nupkg", out _));

        Assert.Superset(
            new HashSet<string> { "content/webserv-plugin/.template.config/template.json", "content/webserv-plugin/.vscode/launch.json" },
            Open("Webserv.Templates", "nupkg", out _));

        HashSet<string> Open(string id, string kind, out string description)
        {
            using var package = ZipFile.OpenRead(Assert.Single(Directory.GetFiles(directory, $"{id}.*.{kind}")));
            using var reader = new StreamReader(package.GetEntry(id + ".nuspec")!.Open());
            description = reader.ReadToEnd();
            return [.. package.Entries.Select(entry => entry.FullName)];
        }
    }

    /// <summary>The other kind of plugin, with a name that is no identifier, and a mistake that the package points out.</summary>
    private static async Task FilterAsync(Workshop shop)
    {
        await shop.RunAsync("dotnet new webserv-plugin -n Acme.my-mark --kind filter --packages ~/webserv-packages");
        shop.Write("Acme.my-mark/Acme.my-mark/Careless.cs", """
            using Webserv.Abstractions.Http;

            namespace Acme.my_mark;

            internal static class Careless
            {
                public static Task AnswerAsync(IHttpContext context, CancellationToken cancellation) => context.Response.WriteTextAsync("x");
            }
            """);
        var output = await shop.RunAsync("dotnet test", shop.Combine("Acme.my-mark"));
        Assert.Contains("Careless.cs(7,93): warning WEBSERV003: 'WriteTextAsync' goes on when nobody waits", output, StringComparison.Ordinal);
        Assert.DoesNotContain("WEBSERV", output.Replace("WEBSERV003", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("succeeded: 4", output, StringComparison.Ordinal);
        var copied = Directory.GetFiles(shop.Combine("Acme.my-mark", ".dev", "plugins", "Acme.my-mark"), "*.dll").Select(Path.GetFileName);
        Assert.Equal(["Acme.my-mark.dll"], copied);
    }

    /// <summary>Steps 3 and 4: the server of <c>./dev</c> takes up what is saved, and answers all the while.</summary>
    private static async Task LoopAsync(Workshop shop, AuthoringPage page)
    {
        using var folder = new ServerFolder();
        var variables = shop.Variables;
        (variables["WEBSERV"], variables["PORT"]) = (Repository.Server, "0");
        await using var dev = await ServerProcess.StartAsync(folder, environment: variables, launcher: [shop.Combine("Foo", "dev")]);
        using var client = dev.CreateClient();
        Assert.Equal("It works.\n", await client.GetTextAsync("/foo"));

        await shop.RunAsync(page.Commands("4. Make it yours"), shop.Combine("Foo"));
        foreach (var file in Sources)
        {
            shop.Write("Foo/" + file, page.FileText(file));
        }

        await dev.Log.WaitAsync(
            lines => lines.Any(line => line.Contains("Options:Text: unknown key; valid here: Count, Unit", StringComparison.Ordinal)), BuildTimeout, dev.Log.ToString);
        Assert.Equal("It works.\n", await client.GetTextAsync("/foo"));

        var settings = shop.Combine("Foo", "appsettings.json");
        var before = """{ "Use": "Foo", "When": { "Path": "/foo" }, "Options": { "Text": "It works." } }""";
        var text = await File.ReadAllTextAsync(settings, TestContext.Current.CancellationToken);
        Assert.Contains(before, text, StringComparison.Ordinal);
        await File.WriteAllTextAsync(settings, text.Replace(before, page.Entry.Trim(), StringComparison.Ordinal), TestContext.Current.CancellationToken);
        await dev.Log.WaitForAsync("virtual servers that changed: dev");
        Assert.Equal("three bottles\n", await client.GetTextAsync("/foo"));
        Assert.Equal(128 + (int)PosixSignalNumber.Terminate, await dev.StopAsync());
        Assert.Empty(ProcessTable.WorkingIn(shop.Combine("Foo")));
    }

    /// <summary>Step 6: into the folder of a server that runs and has never heard of it.</summary>
    private static async Task DropAsync(Workshop shop, AuthoringPage page)
    {
        using var folder = new ServerFolder();
        folder.MakeDirectory("plugins");
        folder.Configure(Configuration("""{ "Use": "Hello", "When": { "Path": "/hello" } }"""));
        await using var server = await ServerProcess.StartAsync(folder);
        using var client = server.CreateClient();
        using var missing = await client.FetchAsync("/foo");
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);

        var target = folder.Combine("plugins", "Foo");
        await shop.RunAsync(
            page.Commands("6. Build it, drop it, name it").Replace("/opt/webserv/plugins/Foo", target, StringComparison.Ordinal), shop.Combine("Foo"));
        Assert.Equal(["Foo.dll", "Humanizer.dll"], Directory.GetFiles(target, "*.dll").Select(Path.GetFileName).Order());
        Assert.True(File.Exists(Path.Combine(target, "Foo.xml")) && File.Exists(Path.Combine(target, "Foo.deps.json")));
        await server.Log.WaitForAsync("Plugin Foo 1.0.0.0 loaded from");
        folder.Configure(Configuration(page.Entry));
        await server.Log.WaitForAsync("virtual servers that changed: main");
        Assert.Equal("three bottles\n", await client.GetTextAsync("/foo"));
    }

    private static string Configuration(string entry) => $$"""
        { "Webserv": {
            "Plugins": { "Directories": ["plugins"] },
            "VirtualServers": [ { "Name": "main", "Listen": ["http://127.0.0.1:0"], "Pipeline": [ {{entry}} ] } ] } }
        """;
}
