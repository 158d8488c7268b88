using Webserv.Abstractions.Http;

namespace Webserv.Host.Http1;

/// <summary>
/// Remembers values of conditional, range and Accept fields that came lately, so that one that comes again costs no string; see
/// <see cref="RequestTargetCache"/>. Those of other fields are never kept: some are secrets.
/// </summary>
internal sealed class FieldValueCache
{
    private const int Slots = 1024;
    private const int MaxLength = 192;

    private readonly Entry?[] _entries = new Entry?[Slots];

    private sealed record Entry(byte[] Bytes, string Text);

    /// <summary>Whether values of a field are remembered.</summary>
    public static bool Covers(string name) =>
        name.StartsWith("If-", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith(Fields.Accept, StringComparison.OrdinalIgnoreCase)
        || name.Equals(Fields.Range, StringComparison.OrdinalIgnoreCase);

    /// <summary>The text of a value, as <see cref="FieldText.GetString"/> gives it.</summary>
    public string GetString(ReadOnlySpan<byte> octets)
    {
        if (octets.Length > MaxLength)
        {
            return FieldText.GetString(octets);
        }

        ref var slot = ref _entries[Octets.Hash(octets) % Slots];
        var entry = Volatile.Read(ref slot);
        if (entry is not null && octets.SequenceEqual(entry.Bytes))
        {
            return entry.Text;
        }

        var text = FieldText.GetString(octets);
        Volatile.Write(ref slot, new Entry(octets.ToArray(), text));
        return text;
    }
}
