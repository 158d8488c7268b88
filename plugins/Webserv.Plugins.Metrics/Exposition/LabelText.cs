using System.Globalization;
using System.Text;

namespace Webserv.Plugins.Metrics.Exposition;

/// <summary>Attributes as labels of the text format: <c>name="value"</c>, by commas, in the order of their names.</summary>
internal static class LabelText
{
    /// <summary>Writes attributes.</summary>
    /// <param name="constant">Labels that come first, as the text has them; empty for none.</param>
    /// <param name="tags">The attributes. Those without a value are left out; those that come to the same name are one label, with both values by a semicolon.</param>
    public static string Of(string constant, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var tag in tags)
        {
            if (tag.Value is not null)
            {
                var name = MetricName.OfLabel(tag.Key);
                var value = Text(tag.Value);
                labels[name] = labels.TryGetValue(name, out var other) ? other + ";" + value : value;
            }
        }

        var text = new StringBuilder(constant);
        foreach (var (name, value) in labels)
        {
            text.Append(text.Length == 0 ? "" : ",").Append(name).Append("=\"").Append(Escape(value)).Append('"');
        }

        return text.ToString();
    }

    /// <summary>The value of a label between its quotation marks.</summary>
    public static string Escape(string value) => value
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal);

    private static string Text(object value) => value switch
    {
        bool flag => flag ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}
