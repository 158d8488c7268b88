using System.Security.Cryptography;
using System.Text;

namespace Webserv.Plugins.DirectoryListing;

/// <summary>The style and the icons, which stand in every page: it needs nothing from anywhere.</summary>
internal static class PageAssets
{
    public static readonly string Style = Read("listing.css");

    public static readonly string Icons = Read("icons.svg");

    /// <summary>Allows the style above by its hash and nothing else, so that a file name never becomes a script.</summary>
    public static readonly string ContentSecurityPolicy =
        $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

    private static string Read(string name)
    {
        using var stream = typeof(PageAssets).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The assembly lacks its resource {name}.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
