using System.Buffers;
using Markdig;
using Markdig.Extensions.Tables;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Webserv.Plugins.DirectoryListing.Html;

/// <summary>
/// Makes HTML of Markdown that anybody may have written: HTML in it stays text, addresses are relative, http, https or mailto, and
/// nothing gets an id or a style, which the page has for itself.
/// </summary>
internal static class MarkdownText
{
    // The page has a first heading, and the file's name is a second one.
    private const int LevelsAbove = 2;
    private const int LowestLevel = 6;

    // Text made to be slow takes Markdig the square of these; below them it is a fraction of a second, and nobody writes more.
    private const int MostBrackets = 2000;
    private const int MostMarks = 4000;

    private static readonly SearchValues<char> Marks = SearchValues.Create("*_~^=+");

    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .DisableHtml().UsePipeTables().UseEmphasisExtras().UseAutoLinks().Build();

    /// <summary>Makes HTML.</summary>
    /// <returns><see langword="null"/> where the text is not for people: nested deeper than is followed, or nothing but brackets.</returns>
    public static string? ToHtml(string markdown)
    {
        if (markdown.AsSpan().Count('[') > MostBrackets || CountMarks(markdown) > MostMarks)
        {
            return null;
        }

        try
        {
            var document = Markdown.Parse(markdown, Pipeline);
            foreach (var node in document.Descendants().ToArray())
            {
                MakeSafe(node);
            }

            return document.ToHtml(Pipeline);
        }
        catch (ArgumentException)
        {
            // Markdig's guard against depth, which has no exception of its own. The caller shows the text as it is.
            return null;
        }
    }

    private static int CountMarks(ReadOnlySpan<char> text)
    {
        var count = 0;
        for (var at = text.IndexOfAny(Marks); at >= 0; at = text.IndexOfAny(Marks))
        {
            // A line under a heading or between paragraphs is one.
            var mark = text[at];
            text = text[at..].TrimStart(mark);
            count++;
        }

        return count;
    }

    private static void MakeSafe(MarkdownObject node)
    {
        switch (node)
        {
            case HeadingBlock heading:
                heading.Level = Math.Min(LowestLevel, heading.Level + LevelsAbove);
                break;
            case Table table:
                // Alignment would be a style attribute, which the policy of the page refuses.
                table.ColumnDefinitions.ForEach(column => column.Alignment = null);
                break;
            case AutolinkInline link when !IsAllowed(link.Url):
                link.ReplaceBy(new LiteralInline(link.Url));
                break;
            case LinkInline link:
                // Pictures from elsewhere would tell that site who reads this: they are links.
                link.IsImage &= !IsElsewhere(link.Url);
                link.Url = IsAllowed(link.Url) ? link.Url : "";
                break;
        }
    }

    private static bool IsElsewhere(string? url) => url is not null && (url.Contains(':', StringComparison.Ordinal) || url.StartsWith("//", StringComparison.Ordinal) || url.Contains('\\', StringComparison.Ordinal));

    // Browsers pass over control characters and spaces in front of a scheme: what holds one is not allowed.
    private static bool IsAllowed(string? url)
    {
        if (url is null || url.Any(c => c <= ' '))
        {
            return false;
        }

        var end = url.IndexOfAny([':', '/', '?', '#']);
        return end < 0 || url[end] != ':' || url[..end].ToLowerInvariant() is "http" or "https" or "mailto";
    }
}
