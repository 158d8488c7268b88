using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Webserv.Analyzers;

/// <summary>
/// WEBSERV003: a call of the contract, or of the stream of a body and what is made over it, that has a token to hand on and does not. Who writes
/// <c>CancellationToken.None</c> means it.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class TokenAnalyzer : DiagnosticAnalyzer
{
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
        var isOfBody = method.Name.EndsWith("Async", StringComparison.Ordinal)
            && (IsOverBody(invocation.Instance, known) || invocation.Arguments.Any(argument => argument.Value.IsBody(known)));
        if ((isOfBody || method.ContainingAssembly?.Name == "Webserv.Abstractions") && IsLeftOut(invocation, token, isOfBody && HasNamesakeWith(method, token)) && FindToken(invocation, context.ContainingSymbol, token) is { } name)
        {
            context.ReportDiagnostic(Diagnostic.Create(Rules.Token, invocation.Syntax.GetLocation(), method.Name == "Invoke" ? "next" : method.Name, name));
        }
    }

    /// <summary>Whether it is a body, or a stream, reader or writer that is made over one.</summary>
    private static bool IsOverBody(IOperation? operation, KnownTypes known) =>
        operation.IsBody(known)
        || (operation?.Resolve() is IObjectCreationOperation { Type: { } type } made
            && (type.Is(known.Stream) || type.Is(known.TextReader) || type.Is(known.TextWriter))
            && made.Arguments.Any(argument => IsOverBody(argument.Value, known)));

    /// <summary>Whether a type has a method of the same name that takes the same and a token.</summary>
    private static bool HasNamesakeWith(IMethodSymbol method, INamedTypeSymbol token)
    {
        for (var type = method.ContainingType; type is not null; type = type.BaseType)
        {
            if (type.GetMembers(method.Name).OfType<IMethodSymbol>().Any(TakesATokenBesides))
            {
                return true;
            }
        }

        return false;

        bool TakesATokenBesides(IMethodSymbol other) =>
            other.Parameters.Length == method.Parameters.Length + 1
            && other.Parameters[other.Parameters.Length - 1].Type.Is(token)
            && method.Parameters.Zip(other.Parameters, static (one, same) => SymbolEqualityComparer.Default.Equals(one.Type, same.Type)).All(static isSame => isSame);
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
