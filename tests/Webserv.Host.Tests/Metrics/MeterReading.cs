using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;

namespace Webserv.Host.Tests.Metrics;

/// <summary>Listens to the meter of one server: sums of what it measures, and what it says when it is read.</summary>
internal sealed class MeterReading : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, double> _measured = new();
    private readonly Dictionary<string, double> _read = [];

    public MeterReading(object scope)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == scope)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.MeasurementsCompleted = (_, _) => Completed++;
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Take(instrument, instrument is Histogram<double> ? 1 : value, tags));
        _listener.Start();
    }

    /// <summary>The instruments that have ended.</summary>
    public int Completed { get; private set; }

    /// <summary>What was measured, by instrument and attributes.</summary>
    public IReadOnlyDictionary<string, double> Measured => _measured;

    /// <summary>Reads the instruments that are read.</summary>
    public IReadOnlyDictionary<string, double> Read()
    {
        _read.Clear();
        _listener.RecordObservableInstruments();
        return new Dictionary<string, double>(_read);
    }

    public void Dispose() => _listener.Dispose();

    private void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var values = new List<string>();
        foreach (var tag in tags)
        {
            values.Add(Convert.ToString(tag.Value, CultureInfo.InvariantCulture)!);
        }

        var key = $"{instrument.Name}{{{string.Join(",", values)}}}";
        if (instrument.IsObservable)
        {
            _read.Add(key, value);
        }
        else
        {
            _measured.AddOrUpdate(key, value, (_, sum) => sum + value);
        }
    }
}
