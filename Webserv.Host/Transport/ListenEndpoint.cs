using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace Webserv.Host.Transport;

/// <summary>
/// An endpoint to listen on: <c>http://127.0.0.1:8080</c>, <c>http://[::1]:8080</c>, <c>http://*:8080</c> (every address,
/// IPv6 and IPv4), <c>http://localhost:8080</c> (127.0.0.1), <c>unix:/run/webserv.sock</c>. Equal when the same thing
/// would be bound.
/// </summary>
/// <param name="Address">The address; <see langword="null"/> for a unix-domain socket.</param>
/// <param name="Port">0 to 65535; 0 lets the system choose.</param>
/// <param name="UnixPath">The path of a unix-domain socket, or <see langword="null"/>.</param>
internal sealed record ListenEndpoint(IPAddress? Address, int Port, string? UnixPath)
{
    /// <summary>Reads an endpoint.</summary>
    /// <param name="text">As it stands in the configuration.</param>
    /// <param name="directory">What a relative unix path is relative to.</param>
    /// <param name="endpoint">The endpoint, or <see langword="null"/>.</param>
    /// <param name="problem">What is wrong with it, or <see langword="null"/>.</param>
    public static bool TryParse(
        string text,
        string directory,
        [NotNullWhen(true)] out ListenEndpoint? endpoint,
        [NotNullWhen(false)] out string? problem)
    {
        endpoint = null;
        problem = null;
        if (text.StartsWith("unix:", StringComparison.OrdinalIgnoreCase))
        {
            var path = text[5..];
            if (path.Length == 0)
            {
                problem = "a unix-domain socket needs a path: unix:/run/webserv.sock";
                return false;
            }

            endpoint = new ListenEndpoint(null, 0, Path.GetFullPath(path, directory));
            return true;
        }

        const string Http = "http://";
        if (!text.StartsWith(Http, StringComparison.OrdinalIgnoreCase))
        {
            problem = $"'{text}' is no endpoint; write http://ADDRESS:PORT or unix:PATH";
            return false;
        }

        var authority = text[Http.Length..].TrimEnd('/');
        var colon = authority.LastIndexOf(':');
        var host = authority;
        var port = 80;
        if (colon >= 0 && !authority.EndsWith(']'))
        {
            host = authority[..colon];
            if (!int.TryParse(authority.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port) || port > 65535)
            {
                problem = $"'{authority[(colon + 1)..]}' is no port; ports are 0 to 65535";
                return false;
            }
        }

        IPAddress? address;
        if (host is "*" or "+")
        {
            address = IPAddress.IPv6Any;
        }
        else if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
        {
            address = IPAddress.Loopback;
        }
        else if (!IPAddress.TryParse(host.StartsWith('[') && host.EndsWith(']') ? host[1..^1] : host, out address))
        {
            problem = $"'{host}' is no address; write an IPv4 address, an IPv6 address in brackets, * or localhost";
            return false;
        }

        endpoint = new ListenEndpoint(address, port, null);
        return true;
    }

    /// <summary>The endpoint as an URL, with the port that was really bound.</summary>
    public string ToString(int boundPort) =>
        UnixPath is not null ? "unix:" + UnixPath
        : Address!.Equals(IPAddress.IPv6Any) ? string.Create(CultureInfo.InvariantCulture, $"http://*:{boundPort}")
        : string.Create(CultureInfo.InvariantCulture, $"http://{new IPEndPoint(Address, boundPort)}");

    /// <inheritdoc />
    public override string ToString() => ToString(Port);
}
