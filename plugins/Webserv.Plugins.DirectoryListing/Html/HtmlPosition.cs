using System.Buffers;

namespace Webserv.Plugins.DirectoryListing.Html;

/// <summary>
/// Follows the HTML of a template as far as it must be known what a placeholder stands in: between tags, in a quoted
/// attribute and which, or where nothing may be put.
/// </summary>
internal sealed class HtmlPosition
{
    private static readonly SearchValues<char> BeforeName = SearchValues.Create(" \t\n\r\"'/");

    private static readonly string[] Addresses = ["href", "src", "action", "formaction", "data", "poster", "cite", "background", "ping", "srcset", "xlink:href"];

    private readonly List<(string Element, string Text)> _inline = [];
    private string _html = "";
    private int _tagStart;
    private int _valueStart;
    private int _rawStart;
    private string? _raw;
    private Place _place;

    private enum Place
    {
        Text,
        Tag,
        DoubleQuoted,
        SingleQuoted,
        Comment,
        Raw,
    }

    /// <summary>The contents of the script and style elements so far.</summary>
    public IReadOnlyList<(string Element, string Text)> Inline => _inline;

    /// <summary>Goes on to the end of more HTML. What takes the place of placeholders is not part of it.</summary>
    public void Advance(string html)
    {
        var at = _html.Length;
        _html += html;
        for (; at < _html.Length; at++)
        {
            Step(at);
        }
    }

    /// <summary>Why a placeholder must not stand here; <see langword="null"/> where it may.</summary>
    public string? Refuse(PlaceholderKind kind)
    {
        if (_place is Place.Raw or Place.Comment)
        {
            return _place == Place.Raw ? $"stands in a <{_raw}>, where no escaping makes it safe" : "stands in a comment";
        }

        if (_place == Place.Text)
        {
            return null;
        }

        if (kind == PlaceholderKind.Elements)
        {
            return "stands in a tag, and is elements";
        }

        if (_place == Place.Tag)
        {
            return "stands in a tag without quotes around it";
        }

        var attribute = GetAttribute();
        return attribute.StartsWith("on", StringComparison.OrdinalIgnoreCase) || attribute.ToLowerInvariant() is "style" or "srcdoc"
            ? $"stands in the attribute {attribute}, where no escaping makes it safe"
            : Addresses.Contains(attribute, StringComparer.OrdinalIgnoreCase) && (kind != PlaceholderKind.Address || _valueStart != _html.Length)
                ? $"stands in the attribute {attribute}, where only {{{{href}}}} may, at its beginning"
                : null;
    }

    private void Step(int at)
    {
        switch (_place)
        {
            case Place.Text when StartsAt(at, "<!--"):
                _place = Place.Comment;
                break;
            case Place.Text when _html[at] == '<':
                (_place, _tagStart) = (Place.Tag, at);
                break;
            case Place.Tag when _html[at] is '"' or '\'':
                (_place, _valueStart) = (_html[at] == '"' ? Place.DoubleQuoted : Place.SingleQuoted, at + 1);
                break;
            case Place.Tag when _html[at] == '>':
                EndTag(at);
                break;
            case Place.DoubleQuoted when _html[at] == '"':
            case Place.SingleQuoted when _html[at] == '\'':
                _place = Place.Tag;
                break;
            case Place.Comment when _html[at] == '>' && _html.AsSpan(0, at).EndsWith("--"):
                _place = Place.Text;
                break;
            case Place.Raw when StartsAt(at, "</" + _raw):
                _inline.Add((_raw!, _html[_rawStart..at]));
                (_place, _tagStart) = (Place.Tag, at);
                break;
        }
    }

    private bool StartsAt(int at, string text) => _html.AsSpan(at).StartsWith(text, StringComparison.OrdinalIgnoreCase);

    private void EndTag(int at)
    {
        var tag = _html.AsSpan(_tagStart + 1, at - _tagStart - 1);
        var end = tag.IndexOfAny(" \t\n\r/");
        var name = (end < 0 ? tag : tag[..end]).ToString().ToLowerInvariant();
        _raw = name is "script" or "style" ? name : null;
        (_place, _rawStart) = (_raw is null ? Place.Text : Place.Raw, at + 1);
    }

    private string GetAttribute()
    {
        var before = _html.AsSpan(_tagStart, _valueStart - 1 - _tagStart).TrimEnd().TrimEnd('=').TrimEnd();
        return before[(before.LastIndexOfAny(BeforeName) + 1)..].ToString();
    }
}
