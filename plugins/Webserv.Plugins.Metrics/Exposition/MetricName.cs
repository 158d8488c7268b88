using System.Text;
using Webserv.Plugins.Metrics.Collection;

namespace Webserv.Plugins.Metrics.Exposition;

/// <summary>
/// Names of instruments as Prometheus has them, by the rules of OpenTelemetry (Prometheus and OpenMetrics compatibility): what cannot stand in a
/// name is an underscore, the unit is a word at the end, and a counter ends in <c>_total</c>.
/// </summary>
internal static class MetricName
{
    private static readonly Dictionary<string, string> Units = new(StringComparer.Ordinal)
    {
        ["d"] = "days",
        ["h"] = "hours",
        ["min"] = "minutes",
        ["s"] = "seconds",
        ["ms"] = "milliseconds",
        ["us"] = "microseconds",
        ["ns"] = "nanoseconds",
        ["By"] = "bytes",
        ["KiBy"] = "kibibytes",
        ["MiBy"] = "mebibytes",
        ["KBy"] = "kilobytes",
        ["MBy"] = "megabytes",
        ["m"] = "meters",
        ["V"] = "volts",
        ["A"] = "amperes",
        ["J"] = "joules",
        ["W"] = "watts",
        ["g"] = "grams",
        ["Cel"] = "celsius",
        ["Hz"] = "hertz",
        ["%"] = "percent",
    };

    /// <summary>The name of an instrument.</summary>
    /// <param name="name">Its own name.</param>
    /// <param name="unit">Its unit (UCUM); <see langword="null"/> for none. What is in braces is a remark and no unit.</param>
    /// <param name="kind">What its numbers mean.</param>
    public static string Of(string name, string? unit, SeriesKind kind)
    {
        var text = Sanitize(name, allowsColon: true);
        var word = WordOf(unit ?? "", kind);
        if (word.Length > 0 && !text.EndsWith("_" + word, StringComparison.Ordinal) && !text.EndsWith("_" + word + "_total", StringComparison.Ordinal))
        {
            text = kind == SeriesKind.Counter && text.EndsWith("_total", StringComparison.Ordinal) ? $"{text[..^6]}_{word}_total" : $"{text}_{word}";
        }

        return kind == SeriesKind.Counter && !text.EndsWith("_total", StringComparison.Ordinal) ? text + "_total" : text;
    }

    /// <summary>The name of a label.</summary>
    public static string OfLabel(string name) => Sanitize(name, allowsColon: false);

    private static string WordOf(string unit, SeriesKind kind)
    {
        var plain = unit.IndexOf('{', StringComparison.Ordinal) is >= 0 and var brace ? unit[..brace].TrimEnd('/') : unit;
        if (plain == "1")
        {
            return kind == SeriesKind.Gauge ? "ratio" : "";
        }

        var slash = plain.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && slash < plain.Length - 1
            ? $"{Word(plain[..slash])}_per_{Word(plain[(slash + 1)..]).TrimEnd('s')}"
            : Word(plain);
    }

    private static string Word(string unit) => Units.TryGetValue(unit, out var word) ? word : unit.Length == 0 ? "" : Sanitize(unit, allowsColon: false).Trim('_');

    private static string Sanitize(string name, bool allowsColon)
    {
        var text = new StringBuilder(name.Length + 1);
        foreach (var character in name)
        {
            var isAllowed = char.IsAsciiLetterOrDigit(character) || character == '_' || (allowsColon && character == ':');
            if (isAllowed || text.Length == 0 || text[^1] != '_')
            {
                text.Append(isAllowed ? character : '_');
            }
        }

        return text.Length == 0 || char.IsAsciiDigit(text[0]) ? "_" + text : text.ToString();
    }
}
