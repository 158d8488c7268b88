using System.Buffers;
using System.Text;

namespace Webserv.Samples.TextReplace;

/// <summary>All that is replaced, looked for in a stream of bytes.</summary>
internal sealed class Replacements
{
    private readonly Replacement[] _items;
    private readonly SearchValues<byte> _first;

    public Replacements(IEnumerable<KeyValuePair<string, string>> replacements)
    {
        // The longest first: it counts where several begin at one place.
        _items = [.. replacements
            .Select(pair => new Replacement(Encoding.UTF8.GetBytes(pair.Key), Encoding.UTF8.GetBytes(pair.Value)))
            .OrderByDescending(item => item.Search.Length)];
        _first = SearchValues.Create([.. _items.Select(item => item.Search[0]).Distinct()]);
    }

    /// <summary>The length of the longest text that is looked for.</summary>
    public int MaxLength => _items[0].Search.Length;

    /// <summary>Finds where something is to be replaced, or where that cannot be told before there are more bytes.</summary>
    /// <param name="bytes">What there is.</param>
    /// <param name="isLast">Whether nothing follows.</param>
    /// <param name="found">What is replaced there; null where more bytes are needed from there on, fewer than <see cref="MaxLength"/>, or at the end.</param>
    /// <returns>The index; the length of the bytes where there is nothing.</returns>
    public int Find(ReadOnlySpan<byte> bytes, bool isLast, out Replacement? found)
    {
        var index = 0;
        while (bytes[index..].IndexOfAny(_first) is >= 0 and var skip)
        {
            index += skip;
            var rest = bytes[index..];
            foreach (var item in _items)
            {
                if (rest.StartsWith(item.Search))
                {
                    found = item;
                    return index;
                }

                if (!isLast && rest.Length < item.Search.Length && item.Search.AsSpan().StartsWith(rest))
                {
                    found = null;
                    return index;
                }
            }

            index++;
        }

        found = null;
        return bytes.Length;
    }
}
