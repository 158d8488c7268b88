namespace Webserv.Representations;

/// <summary>Part of a file.</summary>
/// <param name="Offset">The first byte.</param>
/// <param name="Count">How many bytes, at least 1.</param>
internal readonly record struct ByteRange(long Offset, long Count)
{
    /// <summary>The last byte, as Content-Range counts.</summary>
    public long Last => Offset + Count - 1;

    /// <summary>Whether two parts overlap, or one begins where the other ends.</summary>
    public bool Touches(ByteRange other) => Offset <= other.Last + 1 && other.Offset <= Last + 1;

    /// <summary>The part from the first byte of either to the last.</summary>
    public ByteRange Join(ByteRange other)
    {
        var offset = Math.Min(Offset, other.Offset);
        return new ByteRange(offset, Math.Max(Last, other.Last) - offset + 1);
    }
}
