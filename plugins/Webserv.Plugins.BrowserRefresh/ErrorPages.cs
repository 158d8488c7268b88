using System.Net;
using System.Text;

namespace Webserv.Plugins.BrowserRefresh;

/// <summary>Pages that say what went wrong, and go away when it is mended.</summary>
internal static class ErrorPages
{
    /// <summary>The field that makes a browser ask again, for pages without a script.</summary>
    public const string Refresh = "Refresh";

    /// <summary>After so many seconds.</summary>
    public const string RefreshValue = "2";

    /// <summary>The page for something that was thrown.</summary>
    /// <param name="request">Method and path.</param>
    /// <param name="traceId">The id in the log.</param>
    /// <param name="exception">What was thrown.</param>
    public static byte[] Render(string request, string traceId, Exception exception) => Encoding.UTF8.GetBytes(
        $$"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>500 {{WebUtility.HtmlEncode(exception.GetType().Name)}}</title>
        <link rel="icon" href="data:,">
        <style>
        :root { color-scheme: light dark; }
        body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem; }
        pre { font: 14px/1.4 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
        </style>
        </head>
        <body>
        <h1>{{WebUtility.HtmlEncode(exception.Message)}}</h1>
        <p>{{WebUtility.HtmlEncode(request)}} failed; {{WebUtility.HtmlEncode(traceId)}} in the log.</p>
        <pre>{{WebUtility.HtmlEncode(exception.ToString())}}</pre>
        </body>
        </html>

        """);
}
