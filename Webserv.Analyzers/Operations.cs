using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Webserv.Analyzers;

/// <summary>Questions that several rules ask.</summary>
internal static class Operations
{
    /// <summary>The operation without the conversions and parentheses around it.</summary>
    public static IOperation Unwrap(this IOperation operation)
    {
        while (true)
        {
            switch (operation)
            {
                case IConversionOperation conversion:
                    operation = conversion.Operand;
                    break;
                case IParenthesizedOperation parenthesized:
                    operation = parenthesized.Operand;
                    break;
                default:
                    return operation;
            }
        }
    }

    /// <summary>
    /// The operation without what is around it, and for a local that gets a value once, where it is declared, the operation that makes it.
    /// </summary>
    public static IOperation Resolve(this IOperation operation)
    {
        var current = operation.Unwrap();
        while (current is ILocalReferenceOperation reference && FindOnlyValue(reference) is { } value)
        {
            current = value.Unwrap();
        }

        return current;
    }

    /// <summary>The local, parameter, field or property that an operation reads; <see langword="null"/> where it is anything else.</summary>
    public static ISymbol? ReferencedSymbol(this IOperation? operation) => operation?.Unwrap() switch
    {
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter,
        IFieldReferenceOperation field => field.Field,
        IPropertyReferenceOperation property => property.Property,
        _ => null,
    };

    /// <summary>The outermost operation of the method, accessor or initialiser that an operation is in.</summary>
    public static IOperation Root(this IOperation operation)
    {
        while (operation.Parent is { } parent)
        {
            operation = parent;
        }

        return operation;
    }

    /// <summary>Whether a type is another one, or made of it, or implements it.</summary>
    public static bool Is(this ITypeSymbol? type, INamedTypeSymbol? other)
    {
        if (type is null || other is null)
        {
            return false;
        }

        for (var current = type; current is not null; current = current.BaseType)
        {
            if (SymbolEqualityComparer.Default.Equals(current.OriginalDefinition, other))
            {
                return true;
            }
        }

        return type.AllInterfaces.Any(candidate => SymbolEqualityComparer.Default.Equals(candidate.OriginalDefinition, other));
    }

    /// <summary>Whether a type says how it is cleaned up.</summary>
    public static bool IsDisposable(this ITypeSymbol? type) =>
        type is not null && type.AllInterfaces.Any(candidate => candidate.ToDisplayString() is "System.IDisposable" or "System.IAsyncDisposable");

    /// <summary>Whether an operation is the body of a request or response.</summary>
    public static bool IsBody(this IOperation? operation, KnownTypes known) =>
        operation.IsBodyOf(known.Request) || operation.IsBodyOf(known.Response);

    /// <summary>Whether an operation is the body of what implements a type of the contract.</summary>
    public static bool IsBodyOf(this IOperation? operation, INamedTypeSymbol? message) =>
        operation?.Resolve() is IPropertyReferenceOperation { Property: { Name: "Body" } property } && property.ContainingType.Is(message);

    /// <summary>Whether an expression is all of a statement: nobody keeps its value.</summary>
    public static bool IsDiscarded(this IOperation operation) =>
        operation.Syntax.Parent is ExpressionStatementSyntax
        || operation.Parent is ISimpleAssignmentOperation { Target: IDiscardOperation };

    /// <summary>The value that a local is declared with; <see langword="null"/> where it has none, or may get another.</summary>
    private static IOperation? FindOnlyValue(ILocalReferenceOperation reference)
    {
        IOperation? value = null;
        foreach (var operation in reference.Root().Descendants())
        {
            switch (operation)
            {
                case IVariableDeclaratorOperation declarator when SymbolEqualityComparer.Default.Equals(declarator.Symbol, reference.Local):
                    value = declarator.Initializer?.Value;
                    break;
                case ILocalReferenceOperation other when SymbolEqualityComparer.Default.Equals(other.Local, reference.Local) && MayWrite(other):
                    return null;
            }
        }

        return value;
    }

    private static bool MayWrite(ILocalReferenceOperation local) => local.Parent switch
    {
        IAssignmentOperation assignment => assignment.Target == local,
        IArgumentOperation argument => argument.Parameter?.RefKind is RefKind.Ref or RefKind.Out,
        IIncrementOrDecrementOperation or ITupleOperation or IAddressOfOperation => true,
        IVariableInitializerOperation => local.Syntax.Parent is RefExpressionSyntax,
        _ => false,
    };
}
