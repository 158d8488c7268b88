using Microsoft.CodeAnalysis;

namespace Webserv.Analyzers;

/// <summary>The types of the contract and the runtime that the rules are about, as a compilation knows them.</summary>
internal sealed class KnownTypes
{
    private const string Contract = "Webserv.Abstractions";

    private readonly Compilation _compilation;

    private KnownTypes(Compilation compilation) => _compilation = compilation;

    public INamedTypeSymbol? NonBlocking => Find($"{Contract}.Pipeline.NonBlockingAttribute");

    public INamedTypeSymbol? RequestDelegate => Find($"{Contract}.Pipeline.RequestDelegate");

    public INamedTypeSymbol? Request => Find($"{Contract}.Http.IHttpRequest");

    public INamedTypeSymbol? Response => Find($"{Contract}.Http.IHttpResponse");

    public INamedTypeSymbol? ResponseExtensions => Find($"{Contract}.Http.HttpResponseExtensions");

    public INamedTypeSymbol? CancellationToken => Find("System.Threading.CancellationToken");

    public INamedTypeSymbol? Stream => Find("System.IO.Stream");

    public INamedTypeSymbol? TextReader => Find("System.IO.TextReader");

    public INamedTypeSymbol? TextWriter => Find("System.IO.TextWriter");

    /// <summary>What a compilation knows; <see langword="null"/> where it does not reference the contract.</summary>
    public static KnownTypes? Of(Compilation compilation)
    {
        var known = new KnownTypes(compilation);
        return known.Response is null ? null : known;
    }

    /// <summary>Whether the compilation is a plugin, which the server unloads when it is replaced.</summary>
    public bool IsPlugin() =>
        _compilation.Assembly.GetAttributes().Any(attribute => attribute.AttributeClass?.ToDisplayString() == $"{Contract}.Plugins.WebservPluginAttribute");

    public INamedTypeSymbol? Find(string name) => _compilation.GetTypeByMetadataName(name);

    /// <summary>Whether an assembly is there once in the server's process, whoever loads it: the runtime's, and those of the contract.</summary>
    public bool IsShared(IAssemblySymbol? assembly)
    {
        if (assembly is null || SymbolEqualityComparer.Default.Equals(assembly, _compilation.Assembly))
        {
            return false;
        }

        // Only what the runtime and the contract consist of: a package that is named like them is the plugin's own.
        return assembly.Name is Contract or "Microsoft.Extensions.DependencyInjection.Abstractions" or "Microsoft.Extensions.Logging.Abstractions"
                or "Microsoft.Extensions.Options" or "Microsoft.Extensions.Primitives"
            || SymbolEqualityComparer.Default.Equals(assembly, _compilation.GetSpecialType(SpecialType.System_Object).ContainingAssembly)
            || RuntimeAssemblies.Contains(assembly.Name);
    }

    // Those whose statics somebody hangs something on.
    private static readonly HashSet<string> RuntimeAssemblies =
    [
        "System.Private.CoreLib", "System.Runtime", "System.Runtime.Loader", "System.Runtime.Extensions", "System.Console", "System.Net.Primitives", "System.Net.ServicePoint", "System.Net.Requests",
        "System.Net.NetworkInformation", "System.Threading", "System.Threading.ThreadPool", "System.Diagnostics.DiagnosticSource", "System.Diagnostics.TraceSource",
        "System.ComponentModel.TypeConverter", "netstandard", "mscorlib",
    ];
}
