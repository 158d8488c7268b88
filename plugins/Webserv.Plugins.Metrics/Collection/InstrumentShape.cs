using System.Diagnostics.Metrics;

namespace Webserv.Plugins.Metrics.Collection;

/// <summary>What an instrument is, by its type: the classes of <c>System.Diagnostics.Metrics</c>, for any kind of number.</summary>
/// <param name="Kind">What its numbers mean.</param>
/// <param name="IsSum">Whether two numbers of the same labels are a sum.</param>
/// <param name="IsRead">Whether it says a number only when it is read.</param>
internal readonly record struct InstrumentShape(SeriesKind Kind, bool IsSum, bool IsRead)
{
    // As OpenTelemetry has them where an instrument does not say.
    private static readonly double[] Boundaries = [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10000];
    private static readonly double[] SecondBoundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

    /// <summary>The shape of an instrument; <see langword="null"/> for a type that nobody knows here.</summary>
    public static InstrumentShape? Of(Instrument instrument)
    {
        for (var type = instrument.GetType(); type is not null; type = type.BaseType)
        {
            if (!type.IsGenericType)
            {
                continue;
            }

            var definition = type.GetGenericTypeDefinition();
            if (definition == typeof(Counter<>))
            {
                return new(SeriesKind.Counter, IsSum: true, IsRead: false);
            }

            if (definition == typeof(UpDownCounter<>))
            {
                return new(SeriesKind.Gauge, IsSum: true, IsRead: false);
            }

            if (definition == typeof(Gauge<>))
            {
                return new(SeriesKind.Gauge, IsSum: false, IsRead: false);
            }

            if (definition == typeof(Histogram<>))
            {
                return new(SeriesKind.Histogram, IsSum: true, IsRead: false);
            }

            if (definition == typeof(ObservableCounter<>))
            {
                return new(SeriesKind.Counter, IsSum: true, IsRead: true);
            }

            if (definition == typeof(ObservableUpDownCounter<>))
            {
                return new(SeriesKind.Gauge, IsSum: true, IsRead: true);
            }

            if (definition == typeof(ObservableGauge<>))
            {
                return new(SeriesKind.Gauge, IsSum: false, IsRead: true);
            }
        }

        return null;
    }

    /// <summary>The buckets of a histogram: what it advises, or what is usual.</summary>
    public static double[] BoundariesOf(Instrument instrument)
    {
        var advised = instrument switch
        {
            Histogram<double> histogram => Advised(histogram.Advice),
            Histogram<float> histogram => Advised(histogram.Advice),
            Histogram<long> histogram => Advised(histogram.Advice),
            Histogram<int> histogram => Advised(histogram.Advice),
            Histogram<short> histogram => Advised(histogram.Advice),
            Histogram<byte> histogram => Advised(histogram.Advice),
            Histogram<decimal> histogram => Advised(histogram.Advice),
            _ => null,
        };
        return advised is { Length: > 0 } ? advised : instrument.Unit == "s" ? SecondBoundaries : Boundaries;
    }

    private static double[]? Advised<T>(InstrumentAdvice<T>? advice)
        where T : struct, IConvertible =>
        advice?.HistogramBucketBoundaries?.Select(boundary => boundary.ToDouble(null)).ToArray();
}
