using System.Globalization;

namespace Webserv.Benchmarks;

/// <summary>An input with a name for the table.</summary>
public sealed record Sample(string Name, byte[] Bytes)
{
    /// <inheritdoc />
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name} ({Bytes.Length} B)");
}
