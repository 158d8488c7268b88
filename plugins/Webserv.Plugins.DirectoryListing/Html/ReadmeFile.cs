using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Logging;
using Webserv.Abstractions.Files;
using Webserv.Abstractions.Http;

namespace Webserv.Plugins.DirectoryListing.Html;

/// <summary>Reads the file that is shown below a list.</summary>
internal sealed class ReadmeFile(IDocumentRoot root, DirectoryListingOptions options, ILogger logger)
{
    // With the largest files some MB; to make HTML of Markdown costs more than to read a small directory.
    private const int MaxRemembered = 64;

    private readonly int _maxSize = (int)options.ReadmeMaxSize.Bytes;
    private readonly ConcurrentDictionary<string, (string EntityTag, string Html)> _remembered = new(StringComparer.Ordinal);

    /// <summary>The file as HTML; empty where it can not be read.</summary>
    public async Task<string> ToHtmlAsync(IFileEntry file, CancellationToken cancellation)
    {
        if (_remembered.TryGetValue(file.PhysicalPath, out var known) && known.EntityTag == file.EntityTag)
        {
            return known.Html;
        }

        var html = await ReadAsync(file, cancellation).ConfigureAwait(false);
        if (html.Length > 0)
        {
            if (_remembered.Count >= MaxRemembered)
            {
                // Rare and harmless: what is still asked for comes back with its next request.
                _remembered.Clear();
            }

            _remembered[file.PhysicalPath] = (file.EntityTag, html);
        }

        return html;
    }

    private async Task<string> ReadAsync(IFileEntry file, CancellationToken cancellation)
    {
        var bytes = new byte[Math.Min(file.Length, _maxSize)];
        var count = 0;
        try
        {
            var content = root.OpenRead(file);
            await using (content.ConfigureAwait(false))
            {
                count = await content.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or HttpException)
        {
            // The list is what was asked for; without this it is still an answer.
            Log.ReadmeUnreadable(logger, file.PhysicalPath, exception);
            return "";
        }

        var text = Decode(bytes.AsSpan(0, count));
        var isMarkdown = file.PhysicalPath.EndsWith(".md", StringComparison.OrdinalIgnoreCase);
        var html = (isMarkdown ? MarkdownText.ToHtml(text) : null) ?? $"<pre>{HtmlText.Encode(text)}</pre>\n";
        var name = Path.GetFileName(file.PhysicalPath);
        return file.Length <= _maxSize
            ? html
            : $"{html}<p class=\"more\">This is the beginning. <a href=\"./{Uri.EscapeDataString(name)}\">The whole of {HtmlText.Encode(name)}</a></p>\n";
    }

    private static string Decode(ReadOnlySpan<byte> bytes)
    {
        var preamble = Encoding.UTF8.Preamble;
        return Encoding.UTF8.GetString(bytes.StartsWith(preamble) ? bytes[preamble.Length..] : bytes);
    }
}
