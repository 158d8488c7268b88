using System.Globalization;

namespace Webserv.Representations;

/// <summary>
/// Remembers the Content-Range values that were sent lately: who resumes, or seeks in a film, asks for the same parts as others
/// do. A table of fixed size, in which a newer value takes the place of an older one; its entries never change, so that any
/// number of threads may use it at once.
/// </summary>
internal sealed class ContentRangeCache
{
    private const int Slots = 256;

    private readonly Entry?[] _entries = new Entry?[Slots];

    private sealed record Entry(ByteRange Range, long Length, string Text);

    /// <summary>The value for a part.</summary>
    /// <param name="range">The part.</param>
    /// <param name="length">The length of the whole.</param>
    public string Get(ByteRange range, long length)
    {
        ref var slot = ref _entries[(uint)HashCode.Combine(range.Offset, range.Count, length) % Slots];
        var entry = Volatile.Read(ref slot);
        if (entry is not null && entry.Range == range && entry.Length == length)
        {
            return entry.Text;
        }

        var text = string.Create(CultureInfo.InvariantCulture, $"bytes {range.Offset}-{range.Last}/{length}");
        Volatile.Write(ref slot, new Entry(range, length, text));
        return text;
    }
}
