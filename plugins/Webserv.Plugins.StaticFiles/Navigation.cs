using Microsoft.Extensions.Primitives;
using Webserv.Abstractions.Http;

namespace Webserv.Plugins.StaticFiles;

/// <summary>Tells a browser that goes to a page from a page that asks for its parts.</summary>
internal static class Navigation
{
    private const string Mode = "Sec-Fetch-Mode";

    /// <summary>What decides, for Vary.</summary>
    public const string VaryBy = "Accept, Sec-Fetch-Mode";

    /// <summary>
    /// Whether a GET or HEAD is for a page. A browser says so (Fetch Metadata); of any other client it is assumed where it
    /// takes HTML and the path's last name has no extension.
    /// </summary>
    public static bool IsPage(IHttpRequest request)
    {
        var mode = request.Headers[Mode];
        return mode.Count > 0
            ? mode == "navigate"
            : !request.Path.AsSpan(request.Path.LastIndexOf('/') + 1).Contains('.') && TakesHtml(request.Headers[Fields.Accept]);
    }

    private static bool TakesHtml(StringValues accept)
    {
        if (accept.Count == 0)
        {
            return true;
        }

        foreach (var line in accept)
        {
            if (line is not null
                && (line.Contains("text/html", StringComparison.OrdinalIgnoreCase)
                    || line.Contains("application/xhtml+xml", StringComparison.OrdinalIgnoreCase)
                    || line.Contains("text/*", StringComparison.Ordinal)
                    || line.Contains("*/*", StringComparison.Ordinal)))
            {
                return true;
            }
        }

        return false;
    }
}
