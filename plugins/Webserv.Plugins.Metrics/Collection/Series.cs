namespace Webserv.Plugins.Metrics.Collection;

/// <summary>The numbers of one combination of labels. Measured from many threads at once, without a lock.</summary>
/// <param name="labels">The labels as the text has them, without braces; empty where there is none.</param>
/// <param name="boundaries">The upper ends of the buckets of a histogram, ascending; empty for anything else.</param>
internal sealed class Series(string labels, double[] boundaries)
{
    private readonly long[] _buckets = boundaries.Length == 0 ? [] : new long[boundaries.Length + 1];
    private long _value;

    /// <summary>The labels as the text has them.</summary>
    public string Labels => labels;

    /// <summary>The upper ends of the buckets; the last one has none.</summary>
    public ReadOnlySpan<double> Boundaries => boundaries;

    /// <summary>The number, or the sum of a histogram.</summary>
    public double Value => BitConverter.Int64BitsToDouble(Volatile.Read(ref _value));

    /// <summary>The reading that it came with last, where it is one of an instrument that is read; 0 where it is none.</summary>
    public long Reading { get; private set; }

    /// <summary>How many values are in a bucket.</summary>
    public long InBucket(int bucket) => Volatile.Read(ref _buckets[bucket]);

    /// <summary>Adds to the number.</summary>
    public void Add(double value)
    {
        for (var seen = Volatile.Read(ref _value); ;)
        {
            var sum = BitConverter.DoubleToInt64Bits(BitConverter.Int64BitsToDouble(seen) + value);
            var found = Interlocked.CompareExchange(ref _value, sum, seen);
            if (found == seen)
            {
                return;
            }

            seen = found;
        }
    }

    /// <summary>Puts another number in place.</summary>
    public void Set(double value) => Volatile.Write(ref _value, BitConverter.DoubleToInt64Bits(value));

    /// <summary>Counts a value of a histogram.</summary>
    public void Record(double value)
    {
        var bucket = 0;
        while (bucket < boundaries.Length && !(value <= boundaries[bucket]))
        {
            bucket++;
        }

        Interlocked.Increment(ref _buckets[bucket]);
        Add(value);
    }

    /// <summary>An instrument that is read says a number. Two that say the same labels in one reading are one sum, unless only the last counts.</summary>
    /// <param name="value">The number.</param>
    /// <param name="reading">The number of the reading, from 1.</param>
    /// <param name="isSum">Whether two of them are a sum.</param>
    public void Observe(double value, long reading, bool isSum)
    {
        if (Reading == reading && isSum)
        {
            Add(value);
        }
        else
        {
            Set(value);
        }

        Reading = reading;
    }
}
