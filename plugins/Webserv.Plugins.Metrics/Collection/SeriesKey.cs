namespace Webserv.Plugins.Metrics.Collection;

/// <summary>
/// A combination of attributes in the order in which an instrument says them. It holds text and numbers, never an object of a plugin, which
/// would keep that in memory.
/// </summary>
internal sealed class SeriesKey
{
    private readonly KeyValuePair<string, object?>[] _tags;

    /// <summary>Copies the attributes.</summary>
    public SeriesKey(ReadOnlySpan<KeyValuePair<string, object?>> tags, Series series)
    {
        _tags = new KeyValuePair<string, object?>[tags.Length];
        for (var index = 0; index < tags.Length; index++)
        {
            _tags[index] = new(tags[index].Key, Plain(tags[index].Value));
        }

        Series = series;
        Hash = HashOf(tags);
    }

    /// <summary>Its numbers.</summary>
    public Series Series { get; }

    /// <summary>The hash of the attributes.</summary>
    public int Hash { get; }

    /// <summary>The hash of some attributes.</summary>
    public static int HashOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var hash = tags.Length;
        foreach (var tag in tags)
        {
            hash = (hash * 31) + tag.Key.GetHashCode(StringComparison.Ordinal);
            hash = (hash * 31) + (Plain(tag.Value)?.GetHashCode() ?? 0);
        }

        return hash;
    }

    /// <summary>Whether it is made of these attributes.</summary>
    public bool IsOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.Length != _tags.Length)
        {
            return false;
        }

        for (var index = 0; index < tags.Length; index++)
        {
            if (tags[index].Key != _tags[index].Key || !Equals(_tags[index].Value, Plain(tags[index].Value)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The value itself where it is of a type of the runtime that holds nothing; otherwise what it is written as.</summary>
    private static object? Plain(object? value) =>
        value is null or string or bool or int or long or double or byte or short or uint or ulong or float ? value : value.ToString();
}
