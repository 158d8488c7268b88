using System.Text;

namespace Webserv.Plugins.DirectoryListing.Html;

/// <summary>Style, script, icons and template of the page that comes with the server: it needs nothing from anywhere.</summary>
internal static class PageAssets
{
    public static readonly string Style = Read("listing.css");

    public static readonly string Script = Read("listing.js");

    public static readonly string Icons = Read("icons.svg");

    public static readonly string Template = Read("listing.html");

    private static string Read(string name)
    {
        using var stream = typeof(PageAssets).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The assembly lacks its resource {name}.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
