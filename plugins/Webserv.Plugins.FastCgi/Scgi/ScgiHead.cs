using System.Buffers;
using System.Globalization;
using System.Text;

namespace Webserv.Plugins.FastCgi.Scgi;

/// <summary>What an SCGI request begins with: a netstring of names and values that each end with NUL, CONTENT_LENGTH first.</summary>
internal static class ScgiHead
{
    private const string ContentLength = "CONTENT_LENGTH";

    /// <summary>Encodes the meta-variables.</summary>
    public static ReadOnlyMemory<byte> Encode(IEnumerable<KeyValuePair<string, string>> variables)
    {
        var all = variables.ToList();
        var length = all.Find(static variable => variable.Key == ContentLength).Value ?? "0";
        var pairs = new ArrayBufferWriter<byte>(2048);
        Write(pairs, ContentLength, length);
        Write(pairs, "SCGI", "1");
        foreach (var (name, value) in all)
        {
            // A NUL would make two variables of one, and a second name of the same kind is not allowed.
            if (name is not (ContentLength or "SCGI") && !name.Contains('\0', StringComparison.Ordinal))
            {
                Write(pairs, name, value.Replace("\0", "", StringComparison.Ordinal));
            }
        }

        var prefix = Encoding.ASCII.GetBytes(pairs.WrittenCount.ToString(CultureInfo.InvariantCulture) + ":");
        return (byte[])[.. prefix, .. pairs.WrittenSpan, (byte)','];
    }

    private static void Write(ArrayBufferWriter<byte> writer, string name, string value)
    {
        Encoding.UTF8.GetBytes(name, writer);
        writer.Write("\0"u8);
        Encoding.UTF8.GetBytes(value, writer);
        writer.Write("\0"u8);
    }
}
