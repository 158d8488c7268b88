using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Webserv.Abstractions.Http;

namespace Webserv.Analyzers.Tests;

/// <summary>The plugin that the package shows compiles with the project file that the page for authors shows.</summary>
public sealed class DocumentedPluginTests
{
    // What the SDK adds to a class library with ImplicitUsings.
    private const string ImplicitUsings = """
        global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq;
        global using System.Net.Http; global using System.Threading; global using System.Threading.Tasks;
        """;

    [Fact]
    public void Readme_Sample_CompilesInTheProjectOfThePage()
    {
        var properties = XElement.Parse(Find("docs/plugin-authoring.md", "## Without the template", "xml")).Element("PropertyGroup")!;
        string[] sources = [(string?)properties.Element("ImplicitUsings") == "enable" ? ImplicitUsings : "", Find("Webserv.Abstractions/README.md", "# ", "csharp")];
        var nullable = (string?)properties.Element("Nullable") == "enable" ? NullableContextOptions.Enable : NullableContextOptions.Disable;
        var compilation = CSharpCompilation.Create(
            "Foo",
            sources.Select(source => CSharpSyntaxTree.ParseText(source, cancellationToken: TestContext.Current.CancellationToken)),
            ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
                .Where(path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal) || Path.GetFileName(path).StartsWith("Microsoft.Extensions.", StringComparison.Ordinal))
                .Append(typeof(IHttpContext).Assembly.Location).Distinct().Select(path => MetadataReference.CreateFromFile(path)),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: nullable));
        Assert.Empty(compilation.GetDiagnostics(TestContext.Current.CancellationToken)
            .Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning).Select(diagnostic => diagnostic.ToString()));
    }

    /// <summary>The first block of a language behind a heading.</summary>
    private static string Find(string page, string heading, string language)
    {
        var directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "Webserv.sln")))
        {
            directory = Path.GetDirectoryName(directory) ?? throw new InvalidOperationException("the tests do not run inside the repository");
        }

        var text = File.ReadAllText(Path.Combine(directory, page));
        text = text[text.IndexOf(heading, StringComparison.Ordinal)..];
        var fence = $"```{language}\n";
        text = text[(text.IndexOf(fence, StringComparison.Ordinal) + fence.Length)..];
        return text[..text.IndexOf("```", StringComparison.Ordinal)];
    }
}
