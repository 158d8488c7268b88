using Webserv.Plugins.Metrics.Exposition;

namespace Webserv.Plugins.Metrics.Collection;

/// <summary>The series of an instrument, by its attributes. One that is there is found without a lock and without an allocation.</summary>
/// <param name="constant">Labels that each of them has, as the text has them.</param>
/// <param name="boundaries">The buckets of a histogram.</param>
/// <param name="most">The most there may be.</param>
/// <param name="overflowed">Called when there are more, once.</param>
internal sealed class SeriesTable(string constant, double[] boundaries, int most, Action overflowed)
{
    private const string Overflow = "otel_metric_overflow=\"true\"";
    private const int FirstSize = 16;

    private readonly Lock _sync = new();
    private readonly Dictionary<string, Series> _byLabels = new(StringComparer.Ordinal);

    /// <summary>By hash, each at the first free place from there on; at least half is free, and an array that is seen never loses one.</summary>
    private SeriesKey?[] _keys = new SeriesKey?[FirstSize];
    private int _keyCount;
    private Series? _overflow;

    /// <summary>All of them.</summary>
    public IReadOnlyList<Series> All
    {
        get
        {
            lock (_sync)
            {
                return [.. _byLabels.Values, .. _overflow is null ? (Series[])[] : [_overflow]];
            }
        }
    }

    /// <summary>The series of some attributes.</summary>
    public Series Get(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var hash = SeriesKey.HashOf(tags);
        return Find(Volatile.Read(ref _keys), hash, tags) ?? Volatile.Read(ref _overflow) ?? Add(hash, tags);
    }

    /// <summary>Forgets those of an instrument that is read which it did not say in a reading.</summary>
    public void ForgetBefore(long reading)
    {
        lock (_sync)
        {
            if (_overflow?.Reading != reading)
            {
                Volatile.Write(ref _overflow, null);
            }

            var gone = _byLabels.Values.Where(series => series.Reading != reading).Select(series => series.Labels).ToList();
            if (gone.Count == 0)
            {
                return;
            }

            gone.ForEach(labels => _byLabels.Remove(labels));
            Rebuild(_keys.Length, [.. _keys.Where(key => key?.Series.Reading == reading)!]);
        }
    }

    private static SeriesKey? FindKey(SeriesKey?[] keys, int hash, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        for (var place = hash & (keys.Length - 1); ; place = (place + 1) & (keys.Length - 1))
        {
            var key = Volatile.Read(ref keys[place]);
            if (key is null || (key.Hash == hash && key.IsOf(tags)))
            {
                return key;
            }
        }
    }

    private static Series? Find(SeriesKey?[] keys, int hash, ReadOnlySpan<KeyValuePair<string, object?>> tags) => FindKey(keys, hash, tags)?.Series;

    private static void Insert(SeriesKey?[] keys, SeriesKey key)
    {
        var place = key.Hash & (keys.Length - 1);
        while (keys[place] is not null)
        {
            place = (place + 1) & (keys.Length - 1);
        }

        Volatile.Write(ref keys[place], key);
    }

    private Series Add(int hash, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        lock (_sync)
        {
            if (Find(_keys, hash, tags) is { } added)
            {
                return added;
            }

            // The same attributes in another order are the same labels; the orders are bounded as the series are.
            var labels = LabelText.Of(constant, tags);
            if (!_byLabels.TryGetValue(labels, out var series) && _byLabels.Count < most)
            {
                _byLabels.Add(labels, series = new Series(labels, boundaries));
            }

            if (series is null || _keyCount >= 2 * most)
            {
                return series ?? StartOverflow();
            }

            var key = new SeriesKey(tags, series);
            if (2 * (_keyCount + 1) > _keys.Length)
            {
                Rebuild(2 * _keys.Length, [.. _keys.Where(other => other is not null)!, key]);
            }
            else
            {
                Insert(_keys, key);
                _keyCount++;
            }

            return series;
        }
    }

    private Series StartOverflow()
    {
        if (_overflow is null)
        {
            Volatile.Write(ref _overflow, new Series(constant.Length == 0 ? Overflow : constant + "," + Overflow, boundaries));
            overflowed();
        }

        return _overflow!;
    }

    private void Rebuild(int size, IReadOnlyList<SeriesKey> keys)
    {
        var rebuilt = new SeriesKey?[size];
        foreach (var key in keys)
        {
            Insert(rebuilt, key);
        }

        _keyCount = keys.Count;
        Volatile.Write(ref _keys, rebuilt);
    }
}
