namespace Webserv.Host.Http1;

/// <summary>
/// Remembers request-targets that came lately, so that a target that comes again costs no string. A table of fixed size in
/// which a newer target takes the place of an older one with the same hash; entries are immutable, so any number of event
/// loops may use it at once.
/// </summary>
internal sealed class RequestTargetCache
{
    private const int Slots = 2048;
    private const int MaxLength = 256;

    private readonly Entry?[] _entries = new Entry?[Slots];

    private sealed record Entry(byte[] Bytes, RequestTarget Target);

    /// <summary>Takes a target apart, or finds that it was before.</summary>
    /// <returns>The target, or <see langword="null"/> where it is malformed.</returns>
    public RequestTarget? Parse(ReadOnlySpan<byte> bytes, string method)
    {
        if (bytes.Length > MaxLength || bytes[0] != '/')
        {
            return RequestTargetParser.Parse(bytes, method);
        }

        ref var slot = ref _entries[Octets.Hash(bytes) % Slots];
        var entry = Volatile.Read(ref slot);
        if (entry is not null && bytes.SequenceEqual(entry.Bytes))
        {
            return entry.Target;
        }

        var target = RequestTargetParser.Parse(bytes, method);
        if (target is not null)
        {
            Volatile.Write(ref slot, new Entry(bytes.ToArray(), target));
        }

        return target;
    }
}
