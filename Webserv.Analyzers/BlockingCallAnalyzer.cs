using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Webserv.Analyzers;

/// <summary>WEBSERV001: a middleware with <c>[NonBlocking]</c> that blocks the event loop.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class BlockingCallAnalyzer : DiagnosticAnalyzer
{
    private static readonly HashSet<string> BlockingMethods =
    [
        "System.Threading.Thread.Sleep", "System.Threading.Thread.Join", "System.Threading.WaitHandle.WaitOne", "System.Threading.WaitHandle.WaitAll",
        "System.Threading.WaitHandle.WaitAny", "System.Threading.SemaphoreSlim.Wait", "System.Threading.ManualResetEventSlim.Wait",
        "System.Threading.CountdownEvent.Wait", "System.Threading.Barrier.SignalAndWait", "System.Threading.Tasks.Task.Wait",
        "System.Threading.Tasks.Task.WaitAll", "System.Threading.Tasks.Task.WaitAny", "System.Diagnostics.Process.WaitForExit",
    ];

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rules.Blocking];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            if (KnownTypes.Of(start.Compilation) is { NonBlocking: { } nonBlocking })
            {
                start.RegisterOperationAction(operation => Look(operation, nonBlocking), OperationKind.Invocation, OperationKind.PropertyReference);
            }
        });
    }

    private static void Look(OperationAnalysisContext context, INamedTypeSymbol nonBlocking)
    {
        if (FindBlocking(context.Operation) is { } call && RunsOnTheLoop(context.ContainingSymbol, nonBlocking) && !IsHandedToAThread(context.Operation))
        {
            context.ReportDiagnostic(Diagnostic.Create(Rules.Blocking, context.Operation.Syntax.GetLocation(), call, context.ContainingSymbol.ContainingType.Name));
        }
    }

    /// <summary>Members of a middleware that is marked. What makes it, prepares it and ends it is not run on the loop.</summary>
    private static bool RunsOnTheLoop(ISymbol member, INamedTypeSymbol nonBlocking) =>
        member is IMethodSymbol { MethodKind: not (MethodKind.Constructor or MethodKind.StaticConstructor) } and not { Name: "Dispose" or "DisposeAsync" or "InitializeAsync" }
        && member.ContainingType.GetAttributes().Any(attribute => SymbolEqualityComparer.Default.Equals(attribute.AttributeClass, nonBlocking));

    /// <summary>Whether it is in a lambda that is handed to the thread pool, or to a thread of its own.</summary>
    private static bool IsHandedToAThread(IOperation operation)
    {
        for (var current = operation; current is not null; current = current.Parent)
        {
            if (current is IAnonymousFunctionOperation && ArgumentOf(current)?.Parent is { } call && RunsElsewhere(call))
            {
                return true;
            }
        }

        return false;
    }

    private static IArgumentOperation? ArgumentOf(IOperation lambda)
    {
        var parent = lambda.Parent;
        while (parent is IDelegateCreationOperation or IConversionOperation or IParenthesizedOperation)
        {
            parent = parent.Parent;
        }

        return parent as IArgumentOperation;
    }

    private static bool RunsElsewhere(IOperation call) => call switch
    {
        IInvocationOperation { TargetMethod: { } method } => (method.ContainingType.Name, method.Name) is ("Task", "Run") or ("TaskFactory", "StartNew") or ("ThreadPool", _)
            && method.ContainingType.ContainingNamespace.ToDisplayString() is "System.Threading" or "System.Threading.Tasks",
        IObjectCreationOperation { Type: { } type } => type.ToDisplayString() == "System.Threading.Thread",
        _ => false,
    };

    /// <returns>What the message calls it; <see langword="null"/> where it does not block.</returns>
    private static string? FindBlocking(IOperation operation) => operation switch
    {
        IPropertyReferenceOperation { Property: { Name: "Result" } property } reference when IsTask(property.ContainingType) && !IsKnownToHaveEnded(reference.Instance) => "Result",
        IInvocationOperation { TargetMethod: { Name: "GetResult" } method } invocation when IsAwaiter(method.ContainingType) && !IsKnownToHaveEnded(TaskOf(invocation)) => "GetResult()",
        IInvocationOperation { TargetMethod: { } method } invocation when BlockingMethods.Contains($"{method.ContainingType.ToDisplayString()}.{method.Name}")
            && !IsWithoutWaiting(invocation) && !(method.ContainingType.Name == "Task" && IsKnownToHaveEnded(invocation.Instance)) => $"{method.Name}()",
        _ => null,
    };

    private static bool IsTask(INamedTypeSymbol type) =>
        type.OriginalDefinition.ToDisplayString() is "System.Threading.Tasks.Task<TResult>" or "System.Threading.Tasks.ValueTask<TResult>";

    private static bool IsAwaiter(INamedTypeSymbol type) =>
        type.ContainingNamespace.ToDisplayString() == "System.Runtime.CompilerServices" && type.Name.EndsWith("Awaiter", StringComparison.Ordinal);

    /// <summary>task of task.GetAwaiter().GetResult() and task.ConfigureAwait(false).GetAwaiter().GetResult().</summary>
    private static IOperation? TaskOf(IInvocationOperation getResult)
    {
        var operation = getResult.Instance;
        while (operation?.Unwrap() is IInvocationOperation { TargetMethod.Name: "GetAwaiter" or "ConfigureAwait" } inner)
        {
            operation = inner.Instance;
        }

        return operation;
    }

    /// <summary>Wait(0) and WaitOne(0) look and do not wait.</summary>
    private static bool IsWithoutWaiting(IInvocationOperation invocation) =>
        invocation.Arguments.Length > 0 && invocation.Arguments[0].Value.Unwrap() is { ConstantValue: { HasValue: true, Value: 0 } };

    /// <summary>Whether the same method asks the task whether it has ended, or has awaited it.</summary>
    private static bool IsKnownToHaveEnded(IOperation? task)
    {
        if (task.ReferencedSymbol() is not { } symbol)
        {
            return false;
        }

        var start = task!.Syntax.SpanStart;
        return task.Root().Descendants().Any(other => other switch
        {
            IPropertyReferenceOperation { Property.Name: "IsCompleted" or "IsCompletedSuccessfully" } asked => Is(asked.Instance),
            IAwaitOperation awaited => awaited.Syntax.SpanStart < start && awaited.DescendantsAndSelf().Any(Is),
            _ => false,
        });

        bool Is(IOperation? other) => SymbolEqualityComparer.Default.Equals(other.ReferencedSymbol(), symbol);
    }
}
