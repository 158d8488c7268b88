using System.Text.Json;
using System.Xml.Linq;
using Webserv.Abstractions.Http;
using Webserv.Host.Http1;
using Webserv.Host.Plugins;

namespace Webserv.Host.Tests;

/// <summary>The rules of reference, read from project files, sources and assemblies.</summary>
public sealed class ArchitectureTests
{
    private static readonly string Root = FindRoot();

    public static TheoryData<string> Plugins =>
    [
        .. ((string[])["plugins", "samples"])
            .SelectMany(folder => Directory.GetFiles(Path.Combine(Root, folder), "*.csproj", SearchOption.AllDirectories))
            .Select(file => Path.GetRelativePath(Root, file)),
    ];

    [Theory]
    [MemberData(nameof(Plugins))]
    public void Plugin_References_NoHostAndNoOtherPlugin(string project)
    {
        // What every plugin references comes from the folder's own build files.
        var shared = Directory.GetFiles(Path.Combine(Root, "plugins"), "Directory.Build.*").SelectMany(ProjectReferences);
        Assert.Equal(["Webserv.Abstractions"], ProjectReferences(Path.Combine(Root, project)).Where(IsNoLibrary).Concat(shared).Distinct());
        Assert.DoesNotContain(PackageReferences(Path.Combine(Root, project)), package => package.StartsWith("McMaster", StringComparison.Ordinal));
    }

    [Fact]
    public void Host_References_NoPlugin()
    {
        Assert.Equal(["Webserv.Abstractions"], ProjectReferences(Path.Combine(Root, "Webserv.Host", "Webserv.Host.csproj")));
        Assert.DoesNotContain(
            typeof(Http1Server).Assembly.GetReferencedAssemblies(),
            assembly => assembly.Name!.StartsWith("Webserv.", StringComparison.Ordinal) && assembly.Name != "Webserv.Abstractions");
    }

    [Fact]
    public void Abstractions_Reference_OnlyExtensionsAbstractions()
    {
        var project = Path.Combine(Root, "Webserv.Abstractions", "Webserv.Abstractions.csproj");
        Assert.Empty(ProjectReferences(project));
        Assert.All(PackageReferences(project), package => Assert.Matches("^Microsoft\\.Extensions\\.(.*Abstractions|Options|Primitives)$", package));
        Assert.All(
            typeof(IHttpContext).Assembly.GetReferencedAssemblies().Select(assembly => assembly.Name!),
            name => Assert.Matches("^(System\\..*|netstandard|Microsoft\\.Extensions\\.(.*Abstractions|Options|Primitives))$", name));
    }

    [Fact]
    public void Testing_References_AbstractionsAlone() =>
        Assert.Equal(["Webserv.Abstractions"], ProjectReferences(Path.Combine(Root, "Webserv.Testing", "Webserv.Testing.csproj")));

    [Fact]
    public void Templates_ReferenceNothing() =>
        Assert.Empty(ProjectReferences(Path.Combine(Root, "templates", "Webserv.Templates", "Webserv.Templates.csproj")));

    [Fact]
    public void Template_WhatItsReadmeTellsOfADebugger_IsThere()
    {
        var template = Path.Combine(Root, "templates", "Webserv.Templates", "webserv-plugin");
        Assert.Contains("*Attach to the server*", File.ReadAllText(Path.Combine(template, "README.md")), StringComparison.Ordinal);
        using var launch = JsonDocument.Parse(File.ReadAllText(Path.Combine(template, ".vscode", "launch.json")));
        var attach = Assert.Single(launch.RootElement.GetProperty("configurations").EnumerateArray());
        Assert.Equal(
            ("Attach to the server", "coreclr", "attach"),
            (attach.GetProperty("name").GetString(), attach.GetProperty("type").GetString(), attach.GetProperty("request").GetString()));
    }

    [Fact]
    public void Package_KeepsOutOfPlugins_WhatTheHostShares()
    {
        var targets = File.ReadAllText(Path.Combine(Root, "Webserv.Abstractions", "build", "Webserv.Abstractions.targets"));
        var names = ContractAssemblies.Names.Select(name => name.Name!);
        Assert.Contains($"<_WebservContract Include=\"{string.Join(';', names)}\" />", targets, StringComparison.Ordinal);
    }

    [Fact]
    public void PluginLoader_IsUsedInOneClass() =>
        Assert.Single(Sources("Webserv.Host"), file => File.ReadAllText(file).Contains("McMaster.NETCore.Plugins", StringComparison.Ordinal)
            && File.ReadLines(file).Any(line => line.StartsWith("using McMaster", StringComparison.Ordinal)));

    [Fact]
    public void NoProject_UsesAnotherServer()
    {
        // What this one is compared with stands by itself: nothing refers to it, and the solution does not have it.
        var compared = Path.Combine(Root, "benchmarks", "kestrel", "Webserv.Benchmarks.Kestrel.csproj");
        Assert.DoesNotContain("Benchmarks.Kestrel", File.ReadAllText(Path.Combine(Root, "Webserv.sln")), StringComparison.Ordinal);
        foreach (var project in Directory.GetFiles(Root, "*.csproj", SearchOption.AllDirectories).Where(project => project != compared))
        {
            Assert.DoesNotContain("Benchmarks.Kestrel", File.ReadAllText(project), StringComparison.Ordinal);
            Assert.DoesNotContain(
                PackageReferences(project),
                package => package.StartsWith("Microsoft.AspNetCore.", StringComparison.Ordinal) && package != "Microsoft.AspNetCore.WebUtilities");
            var text = File.ReadAllText(project);
            Assert.DoesNotContain("Microsoft.NET.Sdk.Web", text, StringComparison.Ordinal);
            Assert.DoesNotContain("Microsoft.AspNetCore.App", text, StringComparison.Ordinal);
        }

        Assert.DoesNotContain(Sources("Webserv.Host"), file => File.ReadAllText(file).Contains("HttpListener", StringComparison.Ordinal));
    }

    /// <summary>Whether a project is none of the libraries that plugins carry along, each its own copy.</summary>
    private static bool IsNoLibrary(string project) => !Directory.Exists(Path.Combine(Root, "plugins", "Libraries", project));

    private static IEnumerable<string> Sources(string project) =>
        Directory.GetFiles(Path.Combine(Root, project), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal));

    /// <summary>Project references that end up in the assembly, by the name of the project; items that stand for others are not.</summary>
    private static IEnumerable<string> ProjectReferences(string project) =>
        XDocument.Load(project).Descendants("ProjectReference")
            .Where(element => (string?)element.Attribute("ReferenceOutputAssembly") != "false")
            .Select(element => Path.GetFileNameWithoutExtension(((string?)element.Attribute("Include"))!.Replace('\\', '/')));

    private static IEnumerable<string> PackageReferences(string project) =>
        XDocument.Load(project).Descendants("PackageReference").Select(element => (string?)element.Attribute("Include") ?? "");

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Webserv.sln")))
        {
            directory = directory.Parent;
        }

        return directory?.FullName ?? throw new DirectoryNotFoundException("These tests read the project files of the checkout that they were built in.");
    }
}
