using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Webserv.Analyzers;

/// <summary>
/// WEBSERV003: a call of the contract, or of the stream of a body, that has a token to hand on and does not. Who writes
/// <c>CancellationToken.None</c> means it.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class TokenAnalyzer : DiagnosticAnalyzer
{
    private static readonly HashSet<string> StreamMethods = ["ReadAsync", "ReadExactlyAsync", "ReadAtLeastAsync", "WriteAsync", "FlushAsync", "CopyToAsync"];

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rules.Token];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            if (KnownTypes.Of(start.Compilation) is { CancellationToken: { } token } known)
            {
                start.RegisterOperationAction(operation => Look(operation, known, token), OperationKind.Invocation);
            }
        });
    }

    private static void Look(OperationAnalysisContext context, KnownTypes known, INamedTypeSymbol token)
    {
        var invocation = (IInvocationOperation)context.Operation;
        var method = invocation.TargetMethod;
        var isOfBody = StreamMethods.Contains(method.Name) && method.ContainingType.Is(known.Stream) && invocation.Instance.IsBody(known);
        if ((isOfBody || method.ContainingAssembly?.Name == "Webserv.Abstractions") && IsLeftOut(invocation, token, isOfBody) && FindToken(invocation, context.ContainingSymbol, token) is { } name)
        {
            context.ReportDiagnostic(Diagnostic.Create(Rules.Token, invocation.Syntax.GetLocation(), method.Name == "Invoke" ? "next" : method.Name, name));
        }
    }

    /// <summary>Whether a method takes a token, or another one of that name does, and got none, or <c>default</c>.</summary>
    private static bool IsLeftOut(IInvocationOperation invocation, INamedTypeSymbol token, bool hasOverloads)
    {
        foreach (var argument in invocation.Arguments)
        {
            if (argument.Parameter is { } parameter && parameter.Type.Is(token))
            {
                return argument.ArgumentKind == ArgumentKind.DefaultValue || argument.Value.Unwrap() is IDefaultValueOperation;
            }
        }

        return hasOverloads;
    }

    /// <summary>The token that the function of a call was given, or one around it where a lambda takes hold of it.</summary>
    private static string? FindToken(IOperation operation, ISymbol member, INamedTypeSymbol token)
    {
        for (var current = operation; current is not null; current = current.Parent)
        {
            var function = current switch
            {
                IAnonymousFunctionOperation lambda => lambda.Symbol,
                ILocalFunctionOperation local => local.Symbol,
                _ => null,
            };
            if (function is not null && (Find(function) is not null || function.IsStatic))
            {
                return Find(function);
            }
        }

        return member is IMethodSymbol method ? Find(method) : null;

        string? Find(IMethodSymbol method) => method.Parameters.FirstOrDefault(parameter => parameter.Type.Is(token) && parameter.Name is not "_")?.Name;
    }
}
