using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Webserv.Analyzers;

/// <summary>WEBSERV007: a body of a request or response that is read or written synchronously, which the server's refuse.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class SynchronousBodyAnalyzer : DiagnosticAnalyzer
{
    // Flush() is none of them: it does nothing, because writers of text call it when they are disposed.
    private static readonly HashSet<string> StreamMethods = ["Read", "ReadByte", "ReadExactly", "ReadAtLeast", "Write", "WriteByte", "CopyTo"];

    private static readonly HashSet<string> ReaderMethods = ["ReadToEnd", "ReadLine"];

    // Those that are given a stream and read or write all of it before they return.
    private static readonly HashSet<string> WholeMethods =
        ["System.Text.Json.JsonSerializer.Serialize", "System.Text.Json.JsonSerializer.Deserialize", "System.Text.Json.JsonDocument.Parse", "System.Text.Json.Nodes.JsonNode.Parse"];

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rules.SynchronousBody];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            if (KnownTypes.Of(start.Compilation) is { } known)
            {
                start.RegisterOperationAction(operation => Look(operation, known), OperationKind.Invocation);
            }
        });
    }

    private static void Look(OperationAnalysisContext context, KnownTypes known)
    {
        var invocation = (IInvocationOperation)context.Operation;
        var method = invocation.TargetMethod;
        if (IsSynchronous(invocation, method, known))
        {
            // Two of the namesakes that await are called otherwise.
            var instead = method.Name switch
            {
                "ReadByte" => "ReadAsync",
                "WriteByte" => "WriteAsync",
                _ => $"{method.Name}Async",
            };
            context.ReportDiagnostic(Diagnostic.Create(Rules.SynchronousBody, invocation.Syntax.GetLocation(), $"{method.Name}()", instead));
        }
    }

    private static bool IsSynchronous(IInvocationOperation invocation, IMethodSymbol method, KnownTypes known) =>
        StreamMethods.Contains(method.Name) && method.ContainingType.Is(known.Stream)
            ? IsServers(invocation.Instance, known) || (method.Name == "CopyTo" && IsServers(invocation.Arguments[0].Value, known))
            : ReaderMethods.Contains(method.Name)
                ? invocation.Instance?.Resolve() is IObjectCreationOperation { Type.Name: "StreamReader" } reader && reader.Arguments.Any(argument => IsServers(argument.Value, known))
                : WholeMethods.Contains($"{method.ContainingType?.ToDisplayString()}.{method.Name}")
                    && invocation.Arguments.Any(argument => IsServers(argument.Value, known));

    /// <summary>Whether it is the body of the contract itself: a class that implements the contract may have a stream of another kind.</summary>
    private static bool IsServers(IOperation? operation, KnownTypes known) =>
        operation?.Resolve() is IPropertyReferenceOperation { Property: { Name: "Body" } property }
        && (SymbolEqualityComparer.Default.Equals(property.ContainingType, known.Request) || SymbolEqualityComparer.Default.Equals(property.ContainingType, known.Response));
}
