using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Webserv.Analyzers;

/// <summary>WEBSERV004 to 006: what keeps a plugin in memory when another build has taken its place.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class UnloadingAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rules.Static, Rules.Running, Rules.Cache];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            if (KnownTypes.Of(start.Compilation) is not { } known || !known.IsPlugin())
            {
                return;
            }

            start.RegisterOperationAction(operation => LookAtEvent(operation, known), OperationKind.EventAssignment);
            start.RegisterOperationAction(operation => LookAtAssignment(operation, known), OperationKind.SimpleAssignment);
            start.RegisterOperationAction(LookAtCreation, OperationKind.ObjectCreation);
            start.RegisterOperationAction(LookAtInvocation, OperationKind.Invocation);
        });
    }

    private static void LookAtEvent(OperationAnalysisContext context, KnownTypes known)
    {
        var assignment = (IEventAssignmentOperation)context.Operation;
        if (!assignment.Adds || assignment.EventReference is not IEventReferenceOperation { Event: { } target } reference || !known.IsShared(target.ContainingAssembly))
        {
            return;
        }

        // The one application domain and the default load context are statics by another name.
        var isStatic = target.IsStatic || target.ContainingType.ToDisplayString() == "System.AppDomain"
            || reference.Instance?.Unwrap() is IPropertyReferenceOperation { Property: { Name: "Default", ContainingType.Name: "AssemblyLoadContext" } };
        if (isStatic && !IsTakenOff(context, target))
        {
            Report(context, Rules.Static, $"{target.ContainingType.Name}.{target.Name}", "take the handler off in DisposeAsync of a middleware or service");
        }
    }

    /// <summary>Whether the same type takes a handler off somewhere.</summary>
    private static bool IsTakenOff(OperationAnalysisContext context, IEventSymbol target)
    {
        foreach (var declaration in context.ContainingSymbol.ContainingType.DeclaringSyntaxReferences)
        {
            var removals = declaration.GetSyntax(context.CancellationToken).DescendantNodes()
                .OfType<AssignmentExpressionSyntax>()
                .Where(node => node.OperatorToken.ValueText == "-=");

            // By name: another tree has another semantic model, and who takes off one of that name has thought of it.
            if (removals.Any(node => node.Left.ToString().EndsWith(target.Name, StringComparison.Ordinal)))
            {
                return true;
            }
        }

        return false;
    }

    private static void LookAtAssignment(OperationAnalysisContext context, KnownTypes known)
    {
        var assignment = (ISimpleAssignmentOperation)context.Operation;
        if (assignment.Target is IMemberReferenceOperation { Member: IFieldSymbol { IsStatic: true } or IPropertySymbol { IsStatic: true } } target
            && known.IsShared(target.Member.ContainingAssembly)
            && IsOwn(assignment.Value.Unwrap(), context.Compilation.Assembly))
        {
            Report(context, Rules.Static, $"{target.Member.ContainingType.Name}.{target.Member.Name}", "put back what was there in DisposeAsync, or keep it in a service of the plugin");
        }
    }

    /// <summary>Whether a value is an object of the plugin's own types, or calls its code.</summary>
    private static bool IsOwn(IOperation value, IAssemblySymbol own) =>
        value is IDelegateCreationOperation or IAnonymousFunctionOperation or IMethodReferenceOperation
        || (value.Type is { IsReferenceType: true } type && SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, own));

    private static void LookAtCreation(OperationAnalysisContext context)
    {
        var creation = (IObjectCreationOperation)context.Operation;
        switch (creation.Type?.ToDisplayString())
        {
            case "System.Threading.Timer" or "System.Timers.Timer" or "System.Threading.PeriodicTimer" when !IsEnded(context, creation):
                Report(context, Rules.Running, "The timer", "keep it and dispose it in DisposeAsync of a middleware or service");
                break;
            case "System.Threading.Thread" when !IsEnded(context, creation):
                Report(context, Rules.Running, "The thread", "let it end in DisposeAsync of a middleware or service");
                break;
        }
    }

    private static void LookAtInvocation(OperationAnalysisContext context)
    {
        var invocation = (IInvocationOperation)context.Operation;
        var method = invocation.TargetMethod;
        switch (method.ContainingType?.ToDisplayString(), method.Name)
        {
            case ("System.TimeProvider", "CreateTimer") when !IsEnded(context, invocation):
                Report(context, Rules.Running, "The timer", "keep it and dispose it in DisposeAsync of a middleware or service");
                break;
            case ("System.Threading.ThreadPool", "RegisterWaitForSingleObject" or "UnsafeRegisterWaitForSingleObject") when invocation.IsDiscarded():
                Report(context, Rules.Running, "The registration", "keep it and unregister it in DisposeAsync of a middleware or service");
                break;
            case ("System.Runtime.InteropServices.PosixSignalRegistration", "Create") when invocation.IsDiscarded() || !IsEnded(context, invocation):
                Report(context, Rules.Running, "The registration", "keep it and dispose it in DisposeAsync of a middleware or service");
                break;
            case ("System.Text.Json.JsonSerializer", _) when UsesReflection(method):
                Report(context, Rules.Cache, $"JsonSerializer.{method.Name}", "use source generation, [JsonSerializable] on a JsonSerializerContext");
                break;
            case (_, _) when method.ContainingNamespace?.ToDisplayString() == "System.Net.Http.Json" && UsesReflection(method):
                Report(context, Rules.Cache, $"{method.ContainingType!.Name}.{method.Name}", "use the overload that takes a JsonTypeInfo of source generation");
                break;
            case ("System.ComponentModel.DataAnnotations.Validator", _):
                Report(context, Rules.Cache, $"Validator.{method.Name}", "check the properties in code, or use [OptionsValidator]");
                break;
            case ("System.ComponentModel.TypeDescriptor", _):
                Report(context, Rules.Cache, $"TypeDescriptor.{method.Name}", "use reflection itself, or code");
                break;
        }
    }

    /// <summary>Those of its overloads that find out about a type by themselves are marked so for trimming.</summary>
    private static bool UsesReflection(IMethodSymbol method) =>
        method.GetAttributes().Any(attribute => attribute.AttributeClass?.Name == "RequiresUnreferencedCodeAttribute");

    /// <summary>
    /// Whether somebody may end what was made: it is in a using, handed on, or kept where there is a Dispose. What a method makes and
    /// keeps to itself must be disposed there.
    /// </summary>
    private static bool IsEnded(OperationAnalysisContext context, IOperation made)
    {
        if (made.IsDiscarded())
        {
            return false;
        }

        for (var operation = made.Parent; operation is not null; operation = operation.Parent)
        {
            switch (operation)
            {
                case IUsingOperation or IUsingDeclarationOperation or IReturnOperation or IArgumentOperation:
                    return true;
                case IVariableDeclaratorOperation { Symbol: { } local }:
                    return IsInUsing(operation) || IsMentionedOtherwise(operation.Root(), local);
                case IAssignmentOperation assignment:
                    return assignment.Target.ReferencedSymbol() is not (IFieldSymbol or IPropertySymbol) || IsEndedByItsType(context, assignment.Target.ReferencedSymbol()!);
                case IFieldInitializerOperation or IPropertyInitializerOperation:
                    return IsEndedByItsType(context, context.ContainingSymbol);
                case IInvocationOperation { TargetMethod.Name: "Start" }:
                    return false; // new Thread(…).Start()
            }
        }

        return true;
    }

    /// <summary>Whether the type that keeps something is disposable, or ends it in another method of its own.</summary>
    private static bool IsEndedByItsType(OperationAnalysisContext context, ISymbol kept) =>
        context.ContainingSymbol.ContainingType.IsDisposable()
        || context.ContainingSymbol.ContainingType.DeclaringSyntaxReferences
            .SelectMany(declaration => declaration.GetSyntax(context.CancellationToken).DescendantNodes().OfType<IdentifierNameSyntax>())
            .Any(name => name.Identifier.ValueText == kept.Name && EndsIt(name));

    /// <summary>kept.Dispose(), kept?.Dispose(), or somebody who gets it.</summary>
    private static bool EndsIt(IdentifierNameSyntax kept)
    {
        ExpressionSyntax expression = kept.Parent is MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } access ? access : kept;
        var call = expression.Parent switch
        {
            MemberAccessExpressionSyntax member when member.Expression == expression => member.Name.Identifier.ValueText,
            ConditionalAccessExpressionSyntax { WhenNotNull: InvocationExpressionSyntax { Expression: MemberBindingExpressionSyntax binding } } => binding.Name.Identifier.ValueText,
            _ => "",
        };
        return expression.Parent is ArgumentSyntax || call is "Dispose" or "DisposeAsync" or "Stop" or "Join";
    }

    private static bool IsInUsing(IOperation? operation)
    {
        while (operation is IVariableDeclaratorOperation or IVariableDeclarationOperation or IVariableDeclarationGroupOperation)
        {
            operation = operation.Parent;
        }

        return operation is IUsingOperation or IUsingDeclarationOperation;
    }

    /// <summary>Whether more is done with a local than to start it.</summary>
    private static bool IsMentionedOtherwise(IOperation root, ILocalSymbol local) =>
        root.Descendants().OfType<ILocalReferenceOperation>().Any(reference =>
            SymbolEqualityComparer.Default.Equals(reference.Local, local)
            && reference.Parent is not (IInvocationOperation { TargetMethod.Name: "Start" or "Change" } or IAssignmentOperation { Target: IPropertyReferenceOperation }
                or IPropertyReferenceOperation { Parent: IAssignmentOperation }));

    private static void Report(OperationAnalysisContext context, DiagnosticDescriptor rule, string what, string then) =>
        context.ReportDiagnostic(Diagnostic.Create(rule, context.Operation.Syntax.GetLocation(), what, then));
}
