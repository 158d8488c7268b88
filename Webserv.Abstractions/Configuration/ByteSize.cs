using System.Globalization;

namespace Webserv.Abstractions.Configuration;

/// <summary>
/// A number of bytes, written as in configuration files: <c>512</c>, <c>"16KB"</c>, <c>"10MB"</c>, <c>"1GB"</c>, with
/// units of 1024 (<c>KiB</c> and so on mean the same), whole numbers only.
/// </summary>
/// <param name="Bytes">The number of bytes, 0 or more.</param>
public readonly record struct ByteSize(long Bytes)
{
    private static readonly (string Unit, int Shift)[] Units =
        [("KiB", 10), ("MiB", 20), ("GiB", 30), ("TiB", 40), ("KB", 10), ("MB", 20), ("GB", 30), ("TB", 40), ("K", 10), ("M", 20), ("G", 30), ("T", 40), ("B", 0)];

    /// <summary>Makes a size from a number of bytes.</summary>
    public static implicit operator ByteSize(long bytes) => new(bytes);

    /// <summary>The number of bytes of a size.</summary>
    public static implicit operator long(ByteSize size) => size.Bytes;

    /// <summary>Makes a size from KiB.</summary>
    public static ByteSize FromKilobytes(long kilobytes) => new(checked(kilobytes << 10));

    /// <summary>Makes a size from MiB.</summary>
    public static ByteSize FromMegabytes(long megabytes) => new(checked(megabytes << 20));

    /// <summary>Makes a size from a number of bytes; the named form of the conversion.</summary>
    public static ByteSize FromInt64(long bytes) => new(bytes);

    /// <summary>The number of bytes; the named form of the conversion.</summary>
    public long ToInt64() => Bytes;

    /// <summary>Reads a size. Units are not case-sensitive; a space before the unit is allowed.</summary>
    /// <param name="text">For example <c>10MB</c>.</param>
    /// <param name="size">The size, or 0.</param>
    /// <returns>Whether the text is a size that fits in 63 bits.</returns>
    public static bool TryParse(string? text, out ByteSize size)
    {
        size = default;
        var digits = text.AsSpan().Trim();
        var shift = 0;
        foreach (var (unit, unitShift) in Units)
        {
            if (digits.EndsWith(unit, StringComparison.OrdinalIgnoreCase))
            {
                digits = digits[..^unit.Length].TrimEnd();
                shift = unitShift;
                break;
            }
        }

        if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || number > long.MaxValue >> shift)
        {
            return false;
        }

        size = new ByteSize(number << shift);
        return true;
    }

    /// <summary>The size with the largest unit that keeps it whole, for example <c>10MB</c>.</summary>
    public override string ToString()
    {
        foreach (var (unit, shift) in Units.AsSpan(4, 4).ToArray().Reverse())
        {
            if (Bytes != 0 && Bytes % (1L << shift) == 0)
            {
                return (Bytes >> shift).ToString(CultureInfo.InvariantCulture) + unit;
            }
        }

        return Bytes.ToString(CultureInfo.InvariantCulture);
    }
}
