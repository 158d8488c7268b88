using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Webserv.Plugins.FastCgi.Backends;

/// <summary>Where a program listens.</summary>
internal sealed record BackendAddress
{
    private const string UnixPrefix = "unix:";

    // sockaddr_un has 108 bytes, the last of them NUL.
    private const int LongestPath = 107;

    private BackendAddress(string text, EndPoint endPoint) => (Text, EndPoint) = (text, endPoint);

    /// <summary>As it is written in messages.</summary>
    public string Text { get; }

    /// <summary>What to connect to; a <see cref="DnsEndPoint"/> is looked up with each connection.</summary>
    public EndPoint EndPoint { get; }

    /// <summary>A socket in the file system.</summary>
    public static BackendAddress ForPath(string path) => new(UnixPrefix + path, new UnixDomainSocketEndPoint(path));

    /// <summary>Reads an address: <c>host:port</c>, <c>[::1]:port</c> or <c>unix:/path</c>.</summary>
    /// <param name="text">The address.</param>
    /// <param name="resolve">Makes a path absolute.</param>
    /// <param name="address">The address, where it is one.</param>
    /// <param name="error">What is wrong with it, where it is none.</param>
    public static bool TryParse(
        string? text,
        Func<string, string> resolve,
        [NotNullWhen(true)] out BackendAddress? address,
        [NotNullWhen(false)] out string? error)
    {
        (address, error) = (null, null);
        if (string.IsNullOrEmpty(text))
        {
            error = "must not be empty";
        }
        else if (text.StartsWith(UnixPrefix, StringComparison.OrdinalIgnoreCase))
        {
            var path = text[UnixPrefix.Length..];
            if (path.Length == 0 || path.Contains('\0', StringComparison.Ordinal))
            {
                error = $"'{text}' has no path";
            }
            else if (System.Text.Encoding.UTF8.GetByteCount(path = resolve(path)) > LongestPath)
            {
                error = $"'{text}': the path of a socket has at most {LongestPath} bytes";
            }
            else
            {
                address = ForPath(path);
            }
        }
        else
        {
            address = Tcp(text);
            error = address is null ? $"'{text}' must be \"host:port\", \"[::1]:port\" or \"unix:/path\"" : null;
        }

        return address is not null;
    }

    private static BackendAddress? Tcp(string text)
    {
        var colon = text.LastIndexOf(':');
        if (colon <= 0
            || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            || port == 0)
        {
            return null;
        }

        var host = text[..colon];
        if (host is ['[', .., ']'])
        {
            return IPAddress.TryParse(host, out var v6) && v6.AddressFamily == AddressFamily.InterNetworkV6
                ? new BackendAddress(text, new IPEndPoint(v6, port))
                : null;
        }

        if (IPAddress.TryParse(host, out var v4) && v4.AddressFamily == AddressFamily.InterNetwork)
        {
            return new BackendAddress(text, new IPEndPoint(v4, port));
        }

        return Uri.CheckHostName(host) == UriHostNameType.Dns ? new BackendAddress(text, new DnsEndPoint(host, port)) : null;
    }
}
