using System.Globalization;
using System.Text;
using Webserv.Plugins.Metrics.Collection;

namespace Webserv.Plugins.Metrics.Exposition;

/// <summary>The text format of Prometheus, version 0.0.4.</summary>
internal static class PrometheusText
{
    /// <summary>Its media type.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Writes what was read; a name that several meters have is one family, as the format wants it.</summary>
    public static ReadOnlyMemory<byte> Write(IReadOnlyList<CollectedInstrument> instruments)
    {
        var text = new StringBuilder();
        foreach (var family in instruments.GroupBy(instrument => instrument.Name).OrderBy(family => family.Key, StringComparer.Ordinal))
        {
            var series = family.SelectMany(instrument => instrument.Series.All).OrderBy(series => series.Labels, StringComparer.Ordinal).ToList();
            if (series.Count == 0)
            {
                continue;
            }

            var first = family.First();
            if (first.Description.Length > 0)
            {
                text.Append("# HELP ").Append(family.Key).Append(' ').Append(EscapeHelp(first.Description)).Append('\n');
            }

            text.Append("# TYPE ").Append(family.Key).Append(' ').Append(TypeOf(first.Kind)).Append('\n');
            foreach (var one in series)
            {
                if (first.Kind == SeriesKind.Histogram)
                {
                    AppendHistogram(text, family.Key, one);
                }
                else
                {
                    Append(text, family.Key, "", one.Labels, "", Number(one.Value));
                }
            }
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static string TypeOf(SeriesKind kind) => kind switch
    {
        SeriesKind.Counter => "counter",
        SeriesKind.Gauge => "gauge",
        _ => "histogram",
    };

    /// <summary>The count is that of the last bucket, also where somebody measures meanwhile.</summary>
    private static void AppendHistogram(StringBuilder text, string name, Series series)
    {
        long count = 0;
        for (var bucket = 0; bucket <= series.Boundaries.Length; bucket++)
        {
            count += series.InBucket(bucket);
            var end = bucket < series.Boundaries.Length ? Number(series.Boundaries[bucket]) : "+Inf";
            Append(text, name, "_bucket", series.Labels, $"le=\"{end}\"", count.ToString(CultureInfo.InvariantCulture));
        }

        Append(text, name, "_sum", series.Labels, "", Number(series.Value));
        Append(text, name, "_count", series.Labels, "", count.ToString(CultureInfo.InvariantCulture));
    }

    private static void Append(StringBuilder text, string name, string suffix, string labels, string more, string value)
    {
        text.Append(name).Append(suffix);
        if (labels.Length + more.Length > 0)
        {
            text.Append('{').Append(labels).Append(labels.Length > 0 && more.Length > 0 ? "," : "").Append(more).Append('}');
        }

        text.Append(' ').Append(value).Append('\n');
    }

    private static string Number(double value) =>
        double.IsPositiveInfinity(value) ? "+Inf"
        : double.IsNegativeInfinity(value) ? "-Inf"
        : double.IsNaN(value) ? "NaN"
        : value.ToString("R", CultureInfo.InvariantCulture);

    private static string EscapeHelp(string help) =>
        help.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
