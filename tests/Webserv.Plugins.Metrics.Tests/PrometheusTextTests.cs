using System.Text;
using Webserv.Plugins.Metrics.Collection;
using Webserv.Plugins.Metrics.Exposition;

namespace Webserv.Plugins.Metrics.Tests;

public sealed class PrometheusTextTests
{
    [Theory]
    [InlineData("http.server.request.duration", "s", "Histogram", "http_server_request_duration_seconds")]
    [InlineData("http.server.active_requests", "{request}", "Gauge", "http_server_active_requests")]
    [InlineData("webserv.plugin.allocated", "By", "Counter", "webserv_plugin_allocated_bytes_total")]
    [InlineData("webserv.plugin.request.time", "s", "Counter", "webserv_plugin_request_time_seconds_total")]
    [InlineData("jobs_total", "{job}", "Counter", "jobs_total")]
    [InlineData("sent_total", "By", "Counter", "sent_bytes_total")]
    [InlineData("sent_bytes", "By", "Counter", "sent_bytes_total")]
    [InlineData("load", "1", "Gauge", "load_ratio")]
    [InlineData("hits", "1", "Counter", "hits_total")]
    [InlineData("speed", "By/s", "Gauge", "speed_bytes_per_second")]
    [InlineData("of everyone - here", "", "Gauge", "of_everyone_here")]
    [InlineData("5xx", null, "Gauge", "_5xx")]
    [InlineData("speed", "furlong", "Gauge", "speed_furlong")]
    [InlineData("rate", "{request}/s", "Gauge", "rate")]
    public void Of_NameAndUnit_IsTheNameOfPrometheus(string name, string? unit, string kind, string expected) =>
        Assert.Equal(expected, MetricName.Of(name, unit, Enum.Parse<SeriesKind>(kind)));

    [Fact]
    public void Of_Labels_AreSortedEscapedAndMerged()
    {
        KeyValuePair<string, object?>[] tags =
        [
            new("z", 1.5), new("b.c", "say \"hi\"\nC:\\"), new("none", null), new("a", true), new("b_c", 2), new("1st", DayOfWeek.Friday),
        ];
        Assert.Equal("x=\"y\",_1st=\"Friday\",a=\"true\",b_c=\"say \\\"hi\\\"\\nC:\\\\;2\",z=\"1.5\"", LabelText.Of("x=\"y\"", tags));
        Assert.Equal("", LabelText.Of("", []));
    }

    [Fact]
    public void Write_EveryKind_IsTheTextFormat()
    {
        var counter = Make("hits_total", SeriesKind.Counter, "Hits, by\nline and \\.");
        counter.Series.Get([new("b", 2)]).Add(3);
        counter.Series.Get([new("b", 1)]).Add(0.5);
        var same = Make("hits_total", SeriesKind.Counter, "", "otel_scope_name=\"other\"");
        same.Series.Get([]).Add(7);
        var gauge = Make("heat", SeriesKind.Gauge, "");
        gauge.Series.Get([new("k", "nan")]).Set(double.NaN);
        gauge.Series.Get([new("k", "inf")]).Set(double.PositiveInfinity);
        gauge.Series.Get([new("k", "ninf")]).Set(double.NegativeInfinity);
        var histogram = Make("took_seconds", SeriesKind.Histogram, "", "", 0.1, 1);
        foreach (var value in (double[])[0.05, 0.1, 0.2, 1, 5, double.NaN])
        {
            histogram.Series.Get([new("x", "y")]).Record(value);
        }

        Assert.Equal(
            """
            # TYPE heat gauge
            heat{k="inf"} +Inf
            heat{k="nan"} NaN
            heat{k="ninf"} -Inf
            # HELP hits_total Hits, by\nline and \\.
            # TYPE hits_total counter
            hits_total{b="1"} 0.5
            hits_total{b="2"} 3
            hits_total{otel_scope_name="other"} 7
            # TYPE took_seconds histogram
            took_seconds_bucket{x="y",le="0.1"} 2
            took_seconds_bucket{x="y",le="1"} 4
            took_seconds_bucket{x="y",le="+Inf"} 6
            took_seconds_sum{x="y"} NaN
            took_seconds_count{x="y"} 6

            """,
            Encoding.UTF8.GetString(PrometheusText.Write([histogram, counter, gauge, same, Make("nothing", SeriesKind.Gauge, "")]).Span),
            ignoreLineEndingDifferences: true);
    }

    private static CollectedInstrument Make(string name, SeriesKind kind, string description, string constant = "", params double[] boundaries) =>
        new(name, kind, isSum: true, isRead: false, description, new SeriesTable(constant, boundaries, 10, () => Assert.Fail("too many")));
}
