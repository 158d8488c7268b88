using System.Text.RegularExpressions;
using Webserv.EndToEnd.Tests.Processes;

namespace Webserv.EndToEnd.Tests.Programs;

/// <summary>What <c>docs/cgi.md</c> tells its reader to write.</summary>
internal static class CgiPage
{
    private static readonly string Text = File.ReadAllText(Repository.Path("docs", "cgi.md"));

    /// <summary>A block of a section, its paths replaced by those of a test.</summary>
    /// <param name="heading">The heading of the section.</param>
    /// <param name="language">The block's language: <c>jsonc</c> for the part of the configuration.</param>
    /// <param name="index">Which of the section's blocks in that language.</param>
    /// <param name="paths">What stands on the page, and what stands for it here. Each must be in the block.</param>
    public static string Block(string heading, string language = "jsonc", int index = 0, params IEnumerable<(string OnPage, string Here)> paths)
    {
        var section = Regex.Match(Text, $@"^###? {Regex.Escape(heading)}\n(?<text>.*?)(?=^##|\z)", RegexOptions.Multiline | RegexOptions.Singleline);
        Assert.True(section.Success, $"docs/cgi.md has no section {heading}");
        var blocks = Regex.Matches(section.Groups["text"].Value, $@"^```{language}\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline);
        Assert.True(index < blocks.Count, $"docs/cgi.md has {blocks.Count} blocks of {language} in {heading}");
        var block = blocks[index].Groups["text"].Value;
        foreach (var (onPage, here) in paths)
        {
            Assert.Contains(onPage, block, StringComparison.Ordinal);
            block = block.Replace(onPage, here, StringComparison.Ordinal);
        }

        return block;
    }
}
