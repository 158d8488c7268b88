using System.Text.RegularExpressions;
using Webserv.EndToEnd.Tests.Processes;

namespace Webserv.EndToEnd.Tests.Plugins;

/// <summary>The files and commands that <c>docs/plugin-authoring.md</c> tells its reader to write and to type.</summary>
internal sealed class AuthoringPage
{
    private readonly string _text = File.ReadAllText(Repository.Path("docs", "plugin-authoring.md"));

    /// <summary>The content of a file: the block behind the paragraph that begins with the file's name.</summary>
    public string FileText(string name) => Block($@"^`{Regex.Escape(name)}`[^\n]*\n(?:[^\n`]+\n)?\n```\w+\n");

    /// <summary>The first commands under a heading, files in between left out.</summary>
    public string Commands(string heading) => Block($@"^## {Regex.Escape(heading)}\n(?:```\w+\n(?:(?!```).*\n)*```\n|(?!```|## ).*\n)*```\n");

    /// <summary>The entry of the configuration.</summary>
    public string Entry => Block(@"^```jsonc\n");

    private string Block(string start)
    {
        var match = Regex.Match(_text, start, RegexOptions.Multiline);
        Assert.True(match.Success, $"docs/plugin-authoring.md has nothing like {start}");
        var from = match.Index + match.Length;
        return _text[from.._text.IndexOf("```", from, StringComparison.Ordinal)];
    }
}
