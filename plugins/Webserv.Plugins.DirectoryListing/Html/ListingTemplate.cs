using System.Text;

namespace Webserv.Plugins.DirectoryListing.Html;

/// <summary>A template, checked and cut into parts.</summary>
/// <param name="Parts">What it consists of.</param>
/// <param name="Version">Differs where the page does.</param>
/// <param name="Hashes">What a Content-Security-Policy allows the inline elements by: <c>style</c> or <c>script</c>, and the source.</param>
internal sealed record ListingTemplate(
    IReadOnlyList<TemplatePart> Parts, string Version, IReadOnlyList<(string Element, string Source)> Hashes)
{
    /// <summary>The page that comes with the server.</summary>
    public static readonly ListingTemplate Default = TemplateParser.Parse(PageAssets.Template, out _)!;

    /// <summary>Reads the template of an operator.</summary>
    /// <param name="path">An absolute path.</param>
    /// <exception cref="InvalidOperationException">It can not be read, or is wrong; the message says everything that is.</exception>
    public static ListingTemplate Read(string path)
    {
        string text;
        try
        {
            text = File.ReadAllText(path, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or DecoderFallbackException)
        {
            throw new InvalidOperationException($"Template: {path} can not be read: {exception.Message}", exception);
        }

        return TemplateParser.Parse(text, out var errors)
            ?? throw new InvalidOperationException(string.Join("; ", errors.Select(error => $"Template: {path}{error}")));
    }

    /// <summary>The Content-Security-Policy that lets the page be what it is, so that a file name never becomes a script.</summary>
    public string MakePolicy()
    {
        // A template may have files of the site beside it; the page that comes with the server has nothing, but that a README may
        // show pictures of the site.
        var rest = this == Default ? "" : " 'self'";
        return $"default-src {(rest.Length == 0 ? "'none'" : rest.Trim())}; style-src{rest}{Sources("style")}; script-src{rest}{Sources("script")}; "
            + "img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'self'; object-src 'none'";
    }

    private string Sources(string element) => string.Concat(Hashes.Where(hash => hash.Element == element).Select(hash => " " + hash.Source));
}
