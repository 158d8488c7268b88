using System.Reflection;

namespace Webserv.Host.Configuration;

/// <summary>
/// What of a type can be written in a configuration file. Plain reflection that keeps nothing: a cache keyed by a plugin's
/// type would keep the plugin in memory after it was unloaded.
/// </summary>
internal static class OptionShape
{
    /// <summary>The properties that are keys: those with a public setter, and lists, dictionaries and classes that are only got.</summary>
    public static IReadOnlyList<PropertyInfo> Keys(Type type) =>
        [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.GetIndexParameters().Length == 0
                && (property.SetMethod is { IsPublic: true } || (property.GetMethod is { IsPublic: true } && CanFill(property.PropertyType))))];

    /// <summary>The element type of a list, or <see langword="null"/>.</summary>
    public static Type? ElementOf(Type type)
    {
        if (type.IsArray)
        {
            return type.GetArrayRank() == 1 ? type.GetElementType() : null;
        }

        return type.IsGenericType && IsOneOf(type, ListTypes) ? type.GetGenericArguments()[0] : null;
    }

    /// <summary>The key and value types of a dictionary, or <see langword="null"/>.</summary>
    public static (Type Key, Type Value)? DictionaryOf(Type type) =>
        type.IsGenericType && IsOneOf(type, DictionaryTypes)
            ? (type.GetGenericArguments()[0], type.GetGenericArguments()[1])
            : null;

    /// <summary>Whether a type is a class of options of its own.</summary>
    public static bool IsClass(Type type) =>
        type is { IsClass: true, IsAbstract: false, IsArray: false }
        && type != typeof(string) && type != typeof(Uri) && type != typeof(object)
        && !typeof(System.Collections.IEnumerable).IsAssignableFrom(type)
        && !typeof(Delegate).IsAssignableFrom(type)
        && type.GetConstructor(Type.EmptyTypes) is not null;

    private static Type[] ListTypes =>
        [typeof(List<>), typeof(IList<>), typeof(ICollection<>), typeof(IEnumerable<>), typeof(IReadOnlyList<>),
         typeof(IReadOnlyCollection<>), typeof(HashSet<>), typeof(ISet<>), typeof(IReadOnlySet<>),
         typeof(System.Collections.ObjectModel.Collection<>)];

    private static Type[] DictionaryTypes =>
        [typeof(Dictionary<,>), typeof(IDictionary<,>), typeof(IReadOnlyDictionary<,>), typeof(SortedDictionary<,>)];

    private static bool CanFill(Type type) =>
        IsClass(type)
        || (type.IsGenericType && IsOneOf(type,
            [typeof(List<>), typeof(IList<>), typeof(ICollection<>), typeof(HashSet<>), typeof(ISet<>),
             typeof(System.Collections.ObjectModel.Collection<>), typeof(Dictionary<,>), typeof(IDictionary<,>), typeof(SortedDictionary<,>)]));

    private static bool IsOneOf(Type type, Type[] definitions) => Array.IndexOf(definitions, type.GetGenericTypeDefinition()) >= 0;
}
