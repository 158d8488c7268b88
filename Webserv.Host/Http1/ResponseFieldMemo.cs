using System.Runtime.CompilerServices;
using Microsoft.Extensions.Primitives;

namespace Webserv.Host.Http1;

/// <summary>
/// Remembers the fields of answers that are given again and again, a file's above all, as the bytes that go out: a look and a
/// copy instead of a dozen of transcodings (docs/performance.md). Known by reference, so that strings which were made for
/// one request are never found, and kept from the second time on, so that those cost nothing either. Of bounded size; any thread
/// may ask, and threads that meet in one place lose no more than what one of them wanted to be remembered.
/// </summary>
internal sealed class ResponseFieldMemo
{
    // Places come in pairs: what hashes to a pair is in one of the two.
    private const int Size = 1024;
    private const int LongestKept = 2048;

    private readonly SerializedFields?[] _known = new SerializedFields?[Size];
    private readonly int[] _seen = new int[Size / 2];

    /// <summary>Finds the bytes of fields.</summary>
    /// <param name="fields">The fields of a response that starts.</param>
    /// <param name="length">What they take at most.</param>
    /// <returns>Them, or <see langword="null"/> where they have to be written out.</returns>
    public SerializedFields? Find(ResponseFields fields, int length)
    {
        var names = fields.Names;
        var values = fields.Values;
        if (length > LongestKept)
        {
            return null;
        }

        var hash = names.Length;
        foreach (ref readonly var value in values)
        {
            if (value.Count != 1)
            {
                return null;
            }

            hash = (hash * 31) + RuntimeHelpers.GetHashCode(value[0]);
        }

        var pair = hash & (Size - 2);
        return Look(pair, names, values) ?? Look(pair + 1, names, values) ?? Learn(pair, hash, fields);
    }

    private SerializedFields? Look(int place, ReadOnlySpan<string> names, ReadOnlySpan<StringValues> values)
    {
        var known = Volatile.Read(ref _known[place]);
        if (known is null || !known.IsOf(names, values))
        {
            return null;
        }

        known.Touch();
        return known;
    }

    private SerializedFields? Learn(int pair, int hash, ResponseFields fields)
    {
        if (Volatile.Read(ref _seen[pair / 2]) != hash)
        {
            Volatile.Write(ref _seen[pair / 2], hash);
            return null;
        }

        // What is in use stays, or two answers that take turns would push each other out for ever.
        var place = Volatile.Read(ref _known[pair]) is null ? pair
            : Volatile.Read(ref _known[pair + 1]) is null ? pair + 1
            : !_known[pair]!.TakeTouch() ? pair
            : !_known[pair + 1]!.TakeTouch() ? pair + 1
            : -1;
        if (place < 0)
        {
            return null;
        }

        var learnt = SerializedFields.Create(fields);
        learnt.Touch();
        Volatile.Write(ref _known[place], learnt);
        return learnt;
    }
}
