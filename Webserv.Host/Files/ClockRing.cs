namespace Webserv.Host.Files;

/// <summary>
/// A bounded set that drops what was not used lately: the CLOCK algorithm, so that a hit costs no more than one flag.
/// Not thread-safe.
/// </summary>
/// <param name="capacity">The most slots, at least 1.</param>
internal sealed class ClockRing(int capacity)
{
    // After so many second chances in a row the next slot goes, used or not: the sweep happens under a lock.
    private const int LongestSweep = 64;

    private readonly List<CacheSlot> _slots = [];
    private int _hand;

    /// <summary>Adds a slot.</summary>
    /// <returns>The live slot whose place it took, or <see langword="null"/>.</returns>
    public CacheSlot? Add(CacheSlot slot)
    {
        if (_slots.Count < capacity)
        {
            _slots.Add(slot);
            return null;
        }

        for (var step = 0; ; step++)
        {
            var place = Advance();
            var old = _slots[place];
            if (old.IsDead)
            {
                _slots[place] = slot;
                return null;
            }

            if (!old.TakeReference() || step == LongestSweep)
            {
                _slots[place] = slot;
                return old;
            }
        }
    }

    /// <summary>Finds a slot that was not used lately; the caller marks it dead.</summary>
    /// <returns>It, or <see langword="null"/> where a short sweep met none.</returns>
    public CacheSlot? FindIdle()
    {
        for (var step = 0; step < Math.Min(LongestSweep, _slots.Count); step++)
        {
            var slot = _slots[Advance()];
            if (!slot.IsDead && !slot.TakeReference())
            {
                return slot;
            }
        }

        return null;
    }

    /// <summary>Takes everything out.</summary>
    /// <returns>What was in it, dead slots too.</returns>
    public List<CacheSlot> Clear()
    {
        List<CacheSlot> all = [.. _slots];
        _slots.Clear();
        _hand = 0;
        return all;
    }

    private int Advance()
    {
        var place = _hand;
        _hand = place + 1 >= _slots.Count ? 0 : place + 1;
        return place;
    }
}
