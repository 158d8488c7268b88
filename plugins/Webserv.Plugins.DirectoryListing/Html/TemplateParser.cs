using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Webserv.Plugins.DirectoryListing.Reading;

namespace Webserv.Plugins.DirectoryListing.Html;

/// <summary>
/// Reads a template: HTML with <c>{{placeholder}}</c> and one part between <c>{{#entries}}</c> and <c>{{/entries}}</c>, which is
/// written for each entry. A placeholder that is unknown, or stands where what it stands for could mean something else than
/// itself, is an error.
/// </summary>
internal sealed class TemplateParser
{
    private const string Begin = "#entries";
    private const string End = "/entries";

    private readonly string _text;
    private readonly HtmlPosition _position = new();
    private readonly List<TemplatePart> _parts = [];
    private readonly List<(string Literal, Func<HtmlListing, ListingItem, string>? Write)> _entry = [];
    private readonly List<string> _errors = [];
    private bool _isInEntry;
    private bool _hasEntry;

    private TemplateParser(string text) => _text = text;

    /// <summary>Reads a template.</summary>
    /// <param name="text">The whole of it.</param>
    /// <param name="errors">Everything that is wrong, each with the line: <c>(3): …</c>.</param>
    /// <returns>The template, or <see langword="null"/> where something is wrong.</returns>
    public static ListingTemplate? Parse(string text, out IReadOnlyList<string> errors)
    {
        var parser = new TemplateParser(text);
        parser.Parse();
        errors = parser._errors;
        if (errors.Count > 0)
        {
            return null;
        }

        (string Element, string Text)[] inline = [.. parser._position.Inline, ("style", PageAssets.Style), ("script", PageAssets.Script)];
        return new ListingTemplate(
            parser._parts,
            Hash(text + PageAssets.Style + PageAssets.Script + PageAssets.Icons + typeof(TemplateParser).Module.ModuleVersionId),
            [.. inline.Select(element => (element.Element, $"'sha256-{Hash(element.Text)}'")).Distinct()]);
    }

    // A browser hashes what it has parsed, in which every end of a line is a line feed.
    private static string Hash(string text) =>
        Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text.Replace("\r\n", "\n", StringComparison.Ordinal))));

    private void Parse()
    {
        var at = 0;
        while (at < _text.Length)
        {
            var open = _text.IndexOf("{{", at, StringComparison.Ordinal);
            var literal = open < 0 ? _text[at..] : _text[at..open];
            _position.Advance(literal);
            if (open < 0)
            {
                Add(literal, null, null);
                break;
            }

            var close = _text.IndexOf("}}", open, StringComparison.Ordinal);
            if (close < 0)
            {
                Fail(open, "a placeholder begins and does not end");
                break;
            }

            Take(open, literal, _text[(open + 2)..close].Trim());
            at = close + 2;
        }

        if (_isInEntry || !_hasEntry)
        {
            Fail(_text.Length, _isInEntry ? $"{{{{{End}}}}} is missing" : $"{{{{{Begin}}}}} … {{{{{End}}}}} is missing: nothing would be listed");
        }
    }

    private void Take(int at, string literal, string name)
    {
        if (name is Begin or End)
        {
            Add(literal, null, null);
            Turn(at, name == Begin);
        }
        else if (_isInEntry && Placeholders.Entry.TryGetValue(name, out var entry))
        {
            Check(at, name, entry.Kind);
            Add(literal, null, entry.Write);
        }
        else if (!_isInEntry && Placeholders.Page.TryGetValue(name, out var page))
        {
            Check(at, name, page.Kind);
            Add(literal, page.Write, null);
        }
        else
        {
            var known = _isInEntry ? Placeholders.Entry.Keys.ToArray() : [.. Placeholders.Page.Keys, Begin];
            Fail(at, $"{{{{{name}}}}} is unknown {(_isInEntry ? "within" : "outside")} {{{{{Begin}}}}}: {string.Join(", ", known)}");
        }
    }

    private void Turn(int at, bool begins)
    {
        if (begins == _isInEntry || (begins && _hasEntry))
        {
            Fail(at, begins ? $"{{{{{Begin}}}}} may come only once" : $"{{{{{End}}}}} without {{{{{Begin}}}}}");
            return;
        }

        Check(at, begins ? Begin : End, PlaceholderKind.Elements);
        if (!begins)
        {
            _parts.Add(new TemplatePart("", null, _entry));
        }

        (_isInEntry, _hasEntry) = (begins, true);
    }

    private void Add(string literal, Func<HtmlListing, string>? page, Func<HtmlListing, ListingItem, string>? entry)
    {
        if (_isInEntry)
        {
            _entry.Add((literal, entry));
        }
        else
        {
            _parts.Add(new TemplatePart(literal, page, []));
        }
    }

    private void Check(int at, string name, PlaceholderKind kind)
    {
        if (_position.Refuse(kind) is { } reason)
        {
            Fail(at, $"{{{{{name}}}}} {reason}");
        }
    }

    private void Fail(int at, string error)
    {
        var line = 1 + _text.AsSpan(0, at).Count('\n');
        _errors.Add(string.Create(CultureInfo.InvariantCulture, $"({line}): {error}"));
    }
}
