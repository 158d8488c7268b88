using System.Text;

namespace Webserv.Host.Http1;

/// <summary>
/// Fields of a request that may come once (RFC 9110 section 5.3) and that something is decided by. One reader takes the first,
/// another the last: whoever stands between them can be played off against the server, so a second one is refused. Host,
/// Content-Length and Transfer-Encoding are looked after by the parser itself; Accept, Cookie and the like are lists; Referer,
/// User-Agent and the like decide nothing.
/// </summary>
internal static class SingletonFields
{
    /// <summary>Tells which of them a name is.</summary>
    /// <returns>0 to 8, or -1 for any other field.</returns>
    public static int IndexOf(ReadOnlySpan<byte> name) => name.Length switch
    {
        5 => Ascii.EqualsIgnoreCase(name, "Range"u8) ? 0 : -1,
        8 => Ascii.EqualsIgnoreCase(name, "If-Range"u8) ? 1 : -1,
        12 => Ascii.EqualsIgnoreCase(name, "Content-Type"u8) ? 2 : Ascii.EqualsIgnoreCase(name, "Max-Forwards"u8) ? 3 : -1,
        13 => Ascii.EqualsIgnoreCase(name, "Authorization"u8) ? 4 : Ascii.EqualsIgnoreCase(name, "Content-Range"u8) ? 5 : -1,
        17 => Ascii.EqualsIgnoreCase(name, "If-Modified-Since"u8) ? 6 : -1,
        19 => Ascii.EqualsIgnoreCase(name, "If-Unmodified-Since"u8) ? 7
            : Ascii.EqualsIgnoreCase(name, "Proxy-Authorization"u8) ? 8 : -1,
        _ => -1,
    };
}
