using System.Text;

namespace Webserv.Host.Http1;

/// <summary>Checks authorities and remembers those that came lately; see <see cref="RequestTargetCache"/>.</summary>
internal sealed class HostNameCache
{
    private const int Slots = 256;

    private readonly Entry?[] _entries = new Entry?[Slots];

    private sealed record Entry(byte[] Bytes, HostName Host);

    /// <summary>Checks an authority.</summary>
    /// <returns>The host, or <see langword="null"/> where it is malformed.</returns>
    public HostName? Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            // RFC 9110 section 7.2 allows an empty Host where the target has no authority.
            return HostName.None;
        }

        if (bytes.Length > HostName.MaxLength)
        {
            return null;
        }

        ref var slot = ref _entries[Octets.Hash(bytes) % Slots];
        var entry = Volatile.Read(ref slot);
        if (entry is not null && bytes.SequenceEqual(entry.Bytes))
        {
            return entry.Host;
        }

        var host = ParseUncached(bytes);
        if (host is not null)
        {
            Volatile.Write(ref slot, new Entry(bytes.ToArray(), host));
        }

        return host;
    }

    private static HostName? ParseUncached(ReadOnlySpan<byte> bytes)
    {
        if (bytes.ContainsAnyExcept(Octets.Host))
        {
            return null;
        }

        var authority = Encoding.ASCII.GetString(bytes);
        int nameEnd;
        if (authority[0] == '[')
        {
            nameEnd = authority.IndexOf(']') + 1;
            if (nameEnd <= 0 || authority.Contains('%') || !System.Net.IPAddress.TryParse(authority.AsSpan(1, nameEnd - 2), out var address)
                || address.AddressFamily != System.Net.Sockets.AddressFamily.InterNetworkV6)
            {
                return null;
            }
        }
        else
        {
            var colon = authority.IndexOf(':');
            nameEnd = colon < 0 ? authority.Length : colon;
            if (nameEnd == 0 || authority.AsSpan(0, nameEnd).ContainsAny('[', ']') || !HasPlainEscapes(authority.AsSpan(0, nameEnd)))
            {
                return null;
            }
        }

        var port = authority.AsSpan(nameEnd);
        if (port.Length > 0 && (port[0] != ':' || port.Length > 6 || port[1..].ContainsAnyExceptInRange('0', '9')
            || (port.Length > 1 && int.Parse(port[1..], System.Globalization.CultureInfo.InvariantCulture) > 65535)))
        {
            return null;
        }

        return new HostName(authority, HostName.NameOf(authority, stackalloc char[HostName.MaxLength]).ToString());
    }

    /// <summary>Whether every escape of a name is one (RFC 3986 section 2.1) and stands for nothing that ends or splits a name.</summary>
    private static bool HasPlainEscapes(ReadOnlySpan<char> name)
    {
        for (var at = name.IndexOf('%'); at >= 0; at = name.IndexOf('%'))
        {
            name = name[(at + 1)..];
            if (name.Length < 2 || !byte.TryParse(name[..2], System.Globalization.NumberStyles.AllowHexSpecifier, null, out var octet)
                || octet is < (byte)' ' or 0x7F || "/?#@:[]\\"u8.Contains(octet))
            {
                return false;
            }
        }

        return true;
    }
}
