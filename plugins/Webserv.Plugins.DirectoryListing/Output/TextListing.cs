using System.Globalization;
using System.Text;
using Webserv.Plugins.DirectoryListing.Reading;

namespace Webserv.Plugins.DirectoryListing.Output;

/// <summary>Writes a listing as text, a line a name: what it is, the date, the size and the name, in columns.</summary>
internal static class TextListing
{
    public static async Task WriteAsync(BodyBuffer buffer, Listing listing, CancellationToken cancellation)
    {
        foreach (var item in listing.Items)
        {
            buffer.Write(Line(item));
            await buffer.SendIfFullAsync(cancellation).ConfigureAwait(false);
        }

        await buffer.SendAsync(cancellation).ConfigureAwait(false);
    }

    private static string Line(in ListingItem item)
    {
        var kind = item.IsDirectory ? 'd' : 'f';
        var link = item.IsSymbolicLink ? 'l' : '-';
        var time = item.HasFacts ? item.Modified.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture) : "-";
        var size = item.Size?.ToString(CultureInfo.InvariantCulture) ?? "-";
        return $"{kind}{link} {time,-20} {size,15} {Escape(item.Label)}\n";
    }

    /// <summary>Keeps a name on its line, and a terminal from obeying it: a control character is <c>\xHH</c>, a backslash two.</summary>
    private static string Escape(string name)
    {
        if (!name.Any(c => char.IsControl(c) || c == '\\'))
        {
            return name;
        }

        var escaped = new StringBuilder(name.Length + 8);
        foreach (var c in name)
        {
            _ = c == '\\' ? escaped.Append(@"\\")
                : char.IsControl(c) ? escaped.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:X2}")
                : escaped.Append(c);
        }

        return escaped.ToString();
    }
}
