using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Webserv.Abstractions.Http;

namespace Webserv.Analyzers.Tests;

/// <summary>Compiles sources as a plugin is compiled and lets all rules look at them.</summary>
internal static class Analysis
{
    private const string Usings = """
        using System; using System.Collections.Generic; using System.IO; using System.Linq; using System.Text.Json; using System.Threading; using System.Threading.Tasks;
        using Webserv.Abstractions.Http; using Webserv.Abstractions.Pipeline; using Webserv.Abstractions.Plugins;

        """;

    private static readonly ImmutableArray<DiagnosticAnalyzer> Analyzers =
        [new BlockingCallAnalyzer(), new ResponseAfterNextAnalyzer(), new TokenAnalyzer(), new UnloadingAnalyzer(), new SynchronousBodyAnalyzer()];

    private static readonly MetadataReference[] References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal) || Path.GetFileName(path).StartsWith("Microsoft.Extensions.", StringComparison.Ordinal))
            .Select(path => MetadataReference.CreateFromFile(path)),
        MetadataReference.CreateFromFile(typeof(IHttpContext).Assembly.Location),
    ];

    /// <summary>The body of a middleware's method, with what is around it.</summary>
    public static Task<string[]> OfMethodAsync(string statements, string attributes = "", string members = "", string bases = "") => OfAsync(
        $$"""
        [assembly: WebservPlugin("P", typeof(P))]
        public sealed class P : IPlugin { public void Configure(IPluginBuilder builder) => builder.AddMiddleware<M>("M"); }
        {{attributes}} public sealed class M : IMiddleware {{bases}}
        {
            {{members}}
            public async Task InvokeAsync(IHttpContext context, RequestDelegate next, CancellationToken cancellation)
            {
                await Task.Yield();
                {{statements}}
            }
        }
        """);

    /// <returns>What was found, as <c>id: the text of the source</c>.</returns>
    public static async Task<string[]> OfAsync(string source)
    {
        var tree = CSharpSyntaxTree.ParseText(Usings + source, cancellationToken: TestContext.Current.CancellationToken);
        var compilation = CSharpCompilation.Create("P", [tree], References, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        Assert.Empty(compilation.GetDiagnostics(TestContext.Current.CancellationToken).Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
        var found = await compilation.WithAnalyzers(Analyzers).GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain(found, diagnostic => diagnostic.Id == "AD0001");
        return
        [
            .. found.OrderBy(diagnostic => diagnostic.Location.SourceSpan.Start)
                .Select(diagnostic => $"{diagnostic.Id}: {tree.GetText().ToString(diagnostic.Location.SourceSpan)}"),
        ];
    }
}
