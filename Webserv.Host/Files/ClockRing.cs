namespace Webserv.Host.Files;

/// <summary>
/// A bounded set that drops what was not used lately: the CLOCK algorithm, so that a hit costs no more than one flag. What
/// is taken out is not referred to any more: a slot holds the content of its file.
/// Not thread-safe.
/// </summary>
/// <param name="capacity">The most slots, at least 1.</param>
internal sealed class ClockRing(int capacity)
{
    // After so many second chances in a row the next slot goes, used or not: the sweep happens under a lock.
    private const int LongestSweep = 64;

    private readonly List<CacheSlot> _slots = [];
    private int _hand;

    /// <summary>The number of slots.</summary>
    public int Count => _slots.Count;

    /// <summary>The slot at a place.</summary>
    public CacheSlot this[int place] => _slots[place];

    /// <summary>Adds a slot.</summary>
    /// <returns>The slot that gave way to it, which is in the ring no more, or <see langword="null"/>.</returns>
    public CacheSlot? Add(CacheSlot slot)
    {
        CacheSlot? evicted = null;
        if (_slots.Count >= capacity)
        {
            var step = 0;
            do
            {
                evicted = _slots[Advance()];
            }
            while (evicted.TakeReference() && step++ < LongestSweep);
            Remove(evicted);
        }

        slot.Place = _slots.Count;
        _slots.Add(slot);
        return evicted;
    }

    /// <summary>Takes a slot out; the last one gets its place.</summary>
    public void Remove(CacheSlot slot)
    {
        var last = _slots[^1];
        _slots[slot.Place] = last;
        last.Place = slot.Place;
        _slots.RemoveAt(_slots.Count - 1);
        slot.Place = -1;
    }

    /// <summary>Finds a slot that was not used lately.</summary>
    /// <returns>It, or <see langword="null"/> where a short sweep met none.</returns>
    public CacheSlot? FindIdle()
    {
        for (var step = 0; step < Math.Min(LongestSweep, _slots.Count); step++)
        {
            var slot = _slots[Advance()];
            if (!slot.TakeReference())
            {
                return slot;
            }
        }

        return null;
    }

    private int Advance()
    {
        _hand = _hand >= _slots.Count ? 0 : _hand;
        return _hand++;
    }
}
