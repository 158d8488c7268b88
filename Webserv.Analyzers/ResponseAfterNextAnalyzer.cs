using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Webserv.Analyzers;

/// <summary>WEBSERV002: head or body of a response that is touched behind <c>await next(…)</c> although it may have gone out.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ResponseAfterNextAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rules.ResponseAfterNext];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            if (KnownTypes.Of(start.Compilation) is { RequestDelegate: { } next } known)
            {
                start.RegisterOperationBlockAction(block => Look(block, known, next));
            }
        });
    }

    private static void Look(OperationBlockAnalysisContext context, KnownTypes known, INamedTypeSymbol next)
    {
        foreach (var block in context.OperationBlocks)
        {
            var operations = block.DescendantsAndSelf().ToArray();
            foreach (var call in operations.OfType<IInvocationOperation>().Where(call => call.TargetMethod.Name == "Invoke" && call.TargetMethod.ContainingType.Is(next)))
            {
                if (!HandsOnItsOwn(call) || FindAwait(call) is not { } awaited || ScopeOf(awaited.Syntax) is not { } scope)
                {
                    continue;
                }

                var end = awaited.Syntax.Span.End;
                var changes = operations.Where(operation => operation.Syntax.SpanStart > end && scope.Span.Contains(operation.Syntax.Span) && IsInSameFunction(operation.Syntax, awaited.Syntax));
                foreach (var change in changes)
                {
                    if (IsLook(change, known))
                    {
                        break; // What is behind it is taken to be guarded by it.
                    }

                    if (Describe(change, known) is { } what)
                    {
                        context.ReportDiagnostic(Diagnostic.Create(Rules.ResponseAfterNext, change.Syntax.GetLocation(), call.Syntax.ToString().Split('(')[0], what));
                        break; // One is enough.
                    }
                }
            }
        }
    }

    /// <summary>Whether those behind get the context that the method got. Who gives them another, which wraps it, decides what goes out.</summary>
    private static bool HandsOnItsOwn(IInvocationOperation call) =>
        call.Arguments.FirstOrDefault(argument => argument.Parameter?.Ordinal == 0)?.Value.Resolve() is IParameterReferenceOperation;

    private static IOperation? FindAwait(IOperation call)
    {
        for (var operation = call.Parent; operation is not null; operation = operation.Parent)
        {
            if (operation is IAwaitOperation)
            {
                return operation;
            }

            // next(…).ConfigureAwait(false) and nothing else.
            if (operation is not (IInvocationOperation { TargetMethod.Name: "ConfigureAwait" } or IConversionOperation or IParenthesizedOperation))
            {
                return null;
            }
        }

        return null;
    }

    /// <summary>The block that is gone on with behind an await: behind those of try and using as well, but not behind a branch.</summary>
    private static SyntaxNode? ScopeOf(SyntaxNode awaited)
    {
        if (awaited.FirstAncestorOrSelf<StatementSyntax>() is not { } statement || statement is ReturnStatementSyntax)
        {
            return null;
        }

        SyntaxNode scope = statement;
        while (scope.Parent is BlockSyntax or TryStatementSyntax or UsingStatementSyntax or FinallyClauseSyntax)
        {
            scope = scope.Parent;
        }

        return scope == statement ? null : scope;
    }

    private static bool IsInSameFunction(SyntaxNode one, SyntaxNode other) => FunctionOf(one) == FunctionOf(other);

    private static SyntaxNode? FunctionOf(SyntaxNode node) =>
        node.FirstAncestorOrSelf<SyntaxNode>(static ancestor => ancestor is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or BaseMethodDeclarationSyntax);

    private static bool IsLook(IOperation operation, KnownTypes known) =>
        operation is IPropertyReferenceOperation { Property.Name: "HasStarted" } reference && reference.Property.ContainingType.Is(known.Response);

    private static string? Describe(IOperation operation, KnownTypes known) => operation switch
    {
        IAssignmentOperation { Target: IPropertyReferenceOperation { Property: { Name: "StatusCode" or "ContentLength" } property } } when property.ContainingType.Is(known.Response) =>
            $"setting {property.Name}",
        IAssignmentOperation { Target: IPropertyReferenceOperation { Property.IsIndexer: true } indexer } when IsHeaders(indexer.Instance, known) => "setting a field",
        IInvocationOperation { TargetMethod.Name: "Append" } invocation when IsHeaders(invocation.Instance, known) => "adding a field",
        IInvocationOperation { TargetMethod: { Name: "OnStarting" or "SendFileAsync" } method } when method.ContainingType.Is(known.Response) => $"{method.Name}()",
        IInvocationOperation { TargetMethod: { } method } invocation when WritesBody(invocation, known) => $"Body.{method.Name}()",
        IInvocationOperation { TargetMethod: { Name: "CopyTo" or "CopyToAsync" } method } invocation when method.ContainingType.Is(known.Stream) && invocation.Arguments[0].Value.IsBodyOf(known.Response) =>
            $"{method.Name}()",
        IInvocationOperation { TargetMethod: { } method } when SymbolEqualityComparer.Default.Equals(method.ContainingType, known.ResponseExtensions) => $"{method.Name}()",
        _ => null,
    };

    private static bool WritesBody(IInvocationOperation invocation, KnownTypes known) =>
        invocation.TargetMethod.Name is "Write" or "WriteByte" or "WriteAsync" or "FlushAsync" && invocation.Instance.IsBodyOf(known.Response);

    private static bool IsHeaders(IOperation? operation, KnownTypes known) =>
        operation?.Resolve() is IPropertyReferenceOperation { Property: { Name: "Headers" } property } && property.ContainingType.Is(known.Response);
}
