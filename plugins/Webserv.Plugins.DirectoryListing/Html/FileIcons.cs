using Webserv.Plugins.DirectoryListing.Reading;

namespace Webserv.Plugins.DirectoryListing.Html;

/// <summary>Which icon a file gets, by its extension.</summary>
internal static class FileIcons
{
    private static readonly Dictionary<string, string> ByExtension = Make(
        ("image", "png jpg jpeg gif webp avif svg ico bmp tif tiff heic"),
        ("audio", "mp3 ogg oga opus flac wav m4a aac mid"),
        ("video", "mp4 webm mkv mov avi m4v ogv mpg mpeg"),
        ("archive", "zip gz tgz bz2 xz zst 7z rar tar deb rpm iso jar nupkg"),
        ("code", "html htm css js mjs ts json xml yml yaml toml ini conf cs c h cpp hpp rs go py rb php java kt swift sh ps1 sql csproj sln wasm"),
        ("text", "txt md rst log csv tsv pdf doc docx odt rtf epub tex ods xls xlsx ppt pptx odp"));

    public static string For(in ListingItem item) =>
        item.IsDirectory ? "folder"
        : Path.GetExtension(item.Name) is { Length: > 1 } extension && ByExtension.TryGetValue(extension[1..], out var icon) ? icon
        : "file";

    private static Dictionary<string, string> Make(params ReadOnlySpan<(string Icon, string Extensions)> groups)
    {
        var icons = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (icon, extensions) in groups)
        {
            foreach (var extension in extensions.Split(' '))
            {
                icons.Add(extension, icon);
            }
        }

        return icons;
    }
}
