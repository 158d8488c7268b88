namespace Webserv.Host.Configuration;

/// <summary>Makes and fills the lists and dictionaries of options. Plain reflection that keeps no type in memory.</summary>
internal static class OptionCollections
{
    /// <summary>Makes a list.</summary>
    /// <param name="type">One that <see cref="OptionShape.ElementOf"/> knows.</param>
    /// <param name="element">The type of its elements.</param>
    /// <param name="items">What is in it.</param>
    public static object MakeList(Type type, Type element, IReadOnlyList<object?> items)
    {
        var definition = type.IsArray ? null : type.GetGenericTypeDefinition();
        if (type.IsArray || definition == typeof(IReadOnlyList<>) || definition == typeof(IReadOnlyCollection<>) || definition == typeof(IEnumerable<>))
        {
            var array = Array.CreateInstance(element, items.Count);
            for (var i = 0; i < items.Count; i++)
            {
                array.SetValue(items[i], i);
            }

            return array;
        }

        var made = type.IsInterface
            ? (definition == typeof(ISet<>) || definition == typeof(IReadOnlySet<>) ? typeof(HashSet<>) : typeof(List<>)).MakeGenericType(element)
            : type;
        var list = Activator.CreateInstance(made)!;
        FillList(list, element, items);
        return list;
    }

    /// <summary>Makes a dictionary.</summary>
    /// <param name="type">One that <see cref="OptionShape.DictionaryOf"/> knows.</param>
    /// <param name="keyType">The type of its keys.</param>
    /// <param name="valueType">The type of its values.</param>
    /// <param name="pairs">What is in it.</param>
    /// <param name="existing">The one whose place it takes, or <see langword="null"/>.</param>
    public static object MakeDictionary(Type type, Type keyType, Type valueType, IReadOnlyList<(object Key, object? Value)> pairs, object? existing)
    {
        var made = type.IsInterface ? typeof(Dictionary<,>).MakeGenericType(keyType, valueType) : type;
        // A default made with a comparer says how its keys compare: that is kept, its entries are not.
        var comparer = existing?.GetType() == made ? made.GetProperty("Comparer")?.GetValue(existing) : null;
        var dictionary = comparer is null ? Activator.CreateInstance(made)! : Activator.CreateInstance(made, comparer)!;
        var item = made.GetProperty("Item")!;
        foreach (var (key, value) in pairs)
        {
            item.SetValue(dictionary, value, [key]);
        }

        return dictionary;
    }

    /// <summary>Replaces what is in a list or set.</summary>
    public static void FillList(object list, Type element, IReadOnlyList<object?> items)
    {
        var through = typeof(ICollection<>).MakeGenericType(element);
        through.GetMethod("Clear")!.Invoke(list, null);
        var add = through.GetMethod("Add", [element])!;
        foreach (var item in items)
        {
            add.Invoke(list, [item]);
        }
    }

    /// <summary>Replaces what is in a dictionary.</summary>
    public static void FillDictionary(object dictionary, Type key, Type value, IReadOnlyList<(object Key, object? Value)> pairs)
    {
        var entries = typeof(ICollection<>).MakeGenericType(typeof(KeyValuePair<,>).MakeGenericType(key, value));
        entries.GetMethod("Clear")!.Invoke(dictionary, null);
        var set = typeof(IDictionary<,>).MakeGenericType(key, value).GetProperty("Item")!;
        foreach (var (name, item) in pairs)
        {
            set.SetValue(dictionary, item, [name]);
        }
    }
}
