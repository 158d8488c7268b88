using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Webserv.Plugins.Metrics.Exposition;

namespace Webserv.Plugins.Metrics.Collection;

/// <summary>
/// Listens to instruments and keeps what they say. While it does, the runtime refers to it, and so to the plugin: it lets go when it is
/// disposed. Of an instrument it keeps names and numbers, so that the plugin that has made it can be unloaded.
/// </summary>
internal sealed class MeterCollector : IDisposable
{
    // Its names are the server's own, and say so.
    private const string ServerMeter = "Webserv";

    private readonly IReadOnlyList<string> _meters;
    private readonly int _maxSeries;
    private readonly ILogger _logger;
    private readonly MeterListener _listener = new();
    private readonly Lock _sync = new();
    private readonly Dictionary<(string Name, string Meter), CollectedInstrument> _instruments = [];
    private long _reading;

    /// <summary>Makes one that listens to nothing yet.</summary>
    /// <param name="meters">The meters.</param>
    /// <param name="maxSeries">The most combinations of labels of an instrument.</param>
    /// <param name="logger">Is told of what is not kept.</param>
    public MeterCollector(IReadOnlyList<string> meters, int maxSeries, ILogger logger)
    {
        _meters = meters;
        _maxSeries = maxSeries;
        _logger = logger;
        _listener.InstrumentPublished = Publish;
        _listener.MeasurementsCompleted = Complete;
        _listener.SetMeasurementEventCallback<byte>((_, value, tags, state) => Measure(value, tags, state));
        _listener.SetMeasurementEventCallback<short>((_, value, tags, state) => Measure(value, tags, state));
        _listener.SetMeasurementEventCallback<int>((_, value, tags, state) => Measure(value, tags, state));
        _listener.SetMeasurementEventCallback<long>((_, value, tags, state) => Measure(value, tags, state));
        _listener.SetMeasurementEventCallback<float>((_, value, tags, state) => Measure(value, tags, state));
        _listener.SetMeasurementEventCallback<double>((_, value, tags, state) => Measure(value, tags, state));
        _listener.SetMeasurementEventCallback<decimal>((_, value, tags, state) => Measure((double)value, tags, state));
    }

    /// <summary>Begins to listen, to what is there and to what comes.</summary>
    public void Start() => _listener.Start();

    /// <summary>Reads those that say their numbers only then. One reading at a time.</summary>
    /// <returns>All instruments.</returns>
    public IReadOnlyList<CollectedInstrument> Read()
    {
        _reading++;
        try
        {
            _listener.RecordObservableInstruments();
        }
        catch (AggregateException exception)
        {
            // All others were read. Whose it is, the exceptions tell.
            Log.ReadFailed(_logger, exception.InnerExceptions[0].Message, exception);
        }

        CollectedInstrument[] instruments;
        lock (_sync)
        {
            instruments = [.. _instruments.Values];
        }

        foreach (var instrument in instruments)
        {
            if (instrument.IsRead)
            {
                instrument.Series.ForgetBefore(_reading);
            }
        }

        return instruments;
    }

    /// <summary>Lets go of all instruments.</summary>
    public void Dispose() => _listener.Dispose();

    private void Publish(Instrument instrument, MeterListener listener)
    {
        if (_meters.Any(pattern => MeterPattern.IsMatch(pattern, instrument.Meter.Name)) && Find(instrument) is { } collected)
        {
            listener.EnableMeasurementEvents(instrument, collected);
        }
    }

    private CollectedInstrument? Find(Instrument instrument)
    {
        if (InstrumentShape.Of(instrument) is not { } shape)
        {
            return null;
        }

        var meter = instrument.Meter.Name;
        var name = MetricName.Of(instrument.Name, instrument.Unit, shape.Kind);
        lock (_sync)
        {
            if (!_instruments.TryGetValue((name, meter), out var collected))
            {
                collected = _instruments.FirstOrDefault(other => other.Key.Name == name && other.Value.Kind != shape.Kind).Value
                    ?? Add(instrument, name, shape);
            }

            if (collected.Kind != shape.Kind || collected.IsSum != shape.IsSum || collected.IsRead != shape.IsRead)
            {
                Log.NameTaken(_logger, instrument.Name, meter, name, collected.Kind.ToString());
                return null;
            }

            collected.Users++;
            return collected;
        }
    }

    private CollectedInstrument Add(Instrument instrument, string name, InstrumentShape shape)
    {
        var (own, meter, isTold) = (instrument.Name, instrument.Meter.Name, 0);
        var table = new SeriesTable(
            meter == ServerMeter ? "" : $"otel_scope_name=\"{LabelText.Escape(meter)}\"",
            shape.Kind == SeriesKind.Histogram ? InstrumentShape.BoundariesOf(instrument) : [],
            _maxSeries,
            () =>
            {
                if (Interlocked.Exchange(ref isTold, 1) == 0)
                {
                    Log.TooManySeries(_logger, own, meter, _maxSeries);
                }
            });
        return _instruments[(name, meter)] = new CollectedInstrument(name, shape.Kind, shape.IsSum, shape.IsRead, instrument.Description ?? "", table);
    }

    /// <summary>It was disposed, or nobody listens any more. Its numbers go with the last that says them.</summary>
    private void Complete(Instrument instrument, object? state)
    {
        if (state is not CollectedInstrument collected)
        {
            return;
        }

        lock (_sync)
        {
            if (--collected.Users == 0)
            {
                _instruments.Remove((collected.Name, instrument.Meter.Name));
            }
        }
    }

    private void Measure(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        if (state is not CollectedInstrument collected)
        {
            return;
        }

        var series = collected.Series.Get(tags);
        if (collected.IsRead)
        {
            series.Observe(value, _reading, collected.IsSum);
        }
        else if (collected.Kind == SeriesKind.Histogram)
        {
            series.Record(value);
        }
        else if (collected.IsSum)
        {
            series.Add(value);
        }
        else
        {
            series.Set(value);
        }
    }
}
