using System.Text;

namespace Webserv.Host.Files;

/// <summary>
/// Decides which request paths may be looked up at all. The server has decoded and normalised them already; here nothing
/// is taken for granted.
/// </summary>
internal static class RequestPathRules
{
    private const int LongestPath = 4095;
    private const int LongestName = 255;
    private const string WellKnown = ".well-known";

    /// <summary>Whether a path can name a file below a root.</summary>
    /// <param name="path">A path below the root.</param>
    /// <param name="allowDotFiles">Whether names may begin with a dot; <c>.well-known</c> always may (RFC 8615).</param>
    public static bool IsAcceptable(ReadOnlySpan<char> path, bool allowDotFiles)
    {
        if (path.IsEmpty || path[0] != '/' || path.Length > LongestPath || path.ContainsAny('\0', '\\'))
        {
            return false;
        }

        var rest = path[1..];
        while (!rest.IsEmpty)
        {
            var slash = rest.IndexOf('/');
            if (!IsAcceptableName(slash < 0 ? rest : rest[..slash], allowDotFiles))
            {
                return false;
            }

            rest = slash < 0 ? [] : rest[(slash + 1)..];
        }

        return true;
    }

    /// <summary>Whether a name can stand between two slashes.</summary>
    public static bool IsAcceptableName(ReadOnlySpan<char> name, bool allowDotFiles)
    {
        if (name.IsEmpty || name is "." or ".." || name.ContainsAny('\0', '\\', '/'))
        {
            return false;
        }

        if (name[0] == '.' && !allowDotFiles && name is not WellKnown)
        {
            return false;
        }

        // A name that Windows would read as a drive or stream.
        if (OperatingSystem.IsWindows() && name.Contains(':'))
        {
            return false;
        }

        return name.Length <= LongestName && Encoding.UTF8.GetByteCount(name) <= LongestName;
    }
}
