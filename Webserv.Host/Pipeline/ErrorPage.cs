using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using Webserv.Abstractions.Http;

namespace Webserv.Host.Pipeline;

/// <summary>A default error page.</summary>
/// <param name="ContentType">Its media type.</param>
/// <param name="Body">Its bytes.</param>
internal sealed record ErrorPage(string ContentType, byte[] Body)
{
    private static readonly string[] Types = ["text/html", "application/json", "text/plain"];

    /// <summary>Makes the page of a status in the form that the client likes best: HTML, JSON (RFC 9457) or text.</summary>
    /// <param name="statusCode">The status.</param>
    /// <param name="accept">The Accept field; empty or <see langword="null"/> for no preference.</param>
    /// <param name="traceId">The id under which the log knows the request, or <see langword="null"/>.</param>
    public static ErrorPage Render(int statusCode, string? accept, string? traceId)
    {
        var reason = StatusCodes.GetReasonPhrase(statusCode);
        if (reason.Length == 0)
        {
            reason = statusCode < 500 ? "Client Error" : "Server Error";
        }

        var status = statusCode.ToString(CultureInfo.InvariantCulture);
        return Negotiate(accept) switch
        {
            "application/json" => new ErrorPage("application/problem+json", Encoding.UTF8.GetBytes(RenderJson(status, reason, traceId))),
            "text/plain" => new ErrorPage("text/plain; charset=utf-8", Encoding.UTF8.GetBytes($"{status} {reason}\n")),
            _ => new ErrorPage("text/html; charset=utf-8", Encoding.UTF8.GetBytes(RenderHtml(status, reason, traceId))),
        };
    }

    private static string RenderJson(string status, string reason, string? traceId)
    {
        var json = new StringBuilder($$"""{"type":"about:blank","title":"{{reason}}","status":{{status}}""");
        if (traceId is not null)
        {
            json.Append($",\"traceId\":\"{JavaScriptEncoder.Default.Encode(traceId)}\"");
        }

        return json.Append("}\n").ToString();
    }

    private static string RenderHtml(string status, string reason, string? traceId) =>
        $$"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{{status}} {{WebUtility.HtmlEncode(reason)}}</title>
        <link rel="icon" href="data:,">
        <style>
        :root { color-scheme: light dark; }
        body { font: 16px/1.5 system-ui, sans-serif; display: grid; place-content: center; min-height: 90vh; margin: 0 1rem; text-align: center; }
        h1 { font-size: 4rem; margin: 0; font-weight: 700; letter-spacing: -.02em; }
        p { margin: .25rem 0; } small { opacity: .6; }
        </style>
        </head>
        <body><main>
        <h1>{{status}}</h1>
        <p>{{WebUtility.HtmlEncode(reason)}}</p>
        <p><small>webserv{{(traceId is null ? "" : " · " + WebUtility.HtmlEncode(traceId))}}</small></p>
        </main></body>
        </html>

        """;

    /// <summary>Picks the type with the highest quality; on a tie the one named more exactly, then HTML first (RFC 9110 section 12.5.1).</summary>
    private static string Negotiate(string? accept)
    {
        if (string.IsNullOrWhiteSpace(accept))
        {
            return Types[0];
        }

        var best = Types[0];
        var bestScore = -1.0;
        foreach (var type in Types)
        {
            var score = GetQuality(accept, type);
            if (score > bestScore)
            {
                (best, bestScore) = (type, score);
            }
        }

        return best;
    }

    /// <summary>The quality of a type, plus a little for an exact match so that it wins over a wildcard of the same quality.</summary>
    private static double GetQuality(string accept, string type)
    {
        var (quality, exactness) = (0.0, -1);
        foreach (var element in accept.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = element.Split(';', StringSplitOptions.TrimEntries);
            var exact = parts[0].Equals(type, StringComparison.OrdinalIgnoreCase) ? 2
                : parts[0].EndsWith("/*", StringComparison.Ordinal) && type.StartsWith(parts[0][..^1], StringComparison.OrdinalIgnoreCase) ? 1
                : parts[0] == "*/*" ? 0 : -1;
            if (exact <= exactness)
            {
                continue;
            }

            exactness = exact;
            var weight = parts.Skip(1).FirstOrDefault(part => part.StartsWith("q=", StringComparison.OrdinalIgnoreCase));
            quality = weight is null ? 1 : double.TryParse(weight.AsSpan(2), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var q) ? q : 0;
        }

        return quality == 0 ? 0 : quality + (exactness / 10_000.0);
    }
}
