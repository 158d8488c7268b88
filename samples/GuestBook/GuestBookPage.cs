using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace Webserv.Samples.GuestBook;

/// <summary>The page. Whatever comes from outside goes through the encoder; no script is allowed besides, should that ever be missed.</summary>
internal sealed class GuestBookPage(string title, int maxMessageLength)
{
    private const string Style =
        "body{font-family:sans-serif;max-width:40em;margin:2em auto;padding:0 1em}label{display:block;margin:.5em 0}input,textarea{display:block;width:100%;box-sizing:border-box;font:inherit}textarea{height:6em}.text{white-space:pre-wrap;overflow-wrap:anywhere}.error{color:#b00}time{color:#666}";

    /// <summary>Content-Security-Policy of the page: its one style, its own form and nothing else.</summary>
    public static readonly string Policy =
        $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    // Letters of all languages as they are; what means something in HTML is encoded in any case.
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    /// <summary>Makes the page.</summary>
    /// <param name="entries">What it shows.</param>
    /// <param name="form">What the form shows.</param>
    /// <param name="older">The id that older entries come before; null where there are none.</param>
    public string Render(IReadOnlyList<GuestBookEntry> entries, GuestBookForm form, long? older)
    {
        var html = new StringBuilder()
            .Append("<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>").Append(Encode(title))
            .Append("</title><style>").Append(Style).Append("</style></head>\n<body>\n<h1>").Append(Encode(title)).Append("</h1>\n<form method=\"post\">\n");
        foreach (var error in form.Errors)
        {
            html.Append("<p class=\"error\">").Append(Encode(error)).Append("</p>\n");
        }

        html.Append("<label>Name <input name=\"name\" required maxlength=\"").Append(FormReader.MaxNameLength).Append("\" value=\"").Append(Encode(form.Name))
            .Append("\"></label>\n<label>Message <textarea name=\"message\" required maxlength=\"").Append(maxMessageLength).Append("\">\n").Append(Encode(form.Message))
            .Append("</textarea></label>\n<button>Sign</button>\n</form>\n");
        foreach (var entry in entries)
        {
            html.Append("<article><h2 dir=\"auto\">").Append(Encode(entry.Name))
                .Append("</h2><time>").Append(entry.At.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture))
                .Append("</time><p class=\"text\" dir=\"auto\">").Append(Encode(entry.Message)).Append("</p></article>\n");
        }

        if (older is { } id)
        {
            html.Append("<p><a href=\"?before=").Append(id).Append("\">Older</a></p>\n");
        }

        return html.Append("</body>\n</html>\n").ToString();
    }

    private static string Encode(string text) => Encoder.Encode(text);
}
