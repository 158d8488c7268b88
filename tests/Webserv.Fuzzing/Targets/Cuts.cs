namespace Webserv.Fuzzing.Targets;

/// <summary>Sizes of pieces, the same for the same input, so that what was found can be found again (xorshift).</summary>
internal struct Cuts
{
    private uint _state;

    public Cuts(ReadOnlySpan<byte> input)
    {
        _state = 2166136261;
        foreach (var octet in input)
        {
            _state = (_state ^ octet) * 16777619;
        }

        _state |= 1;
    }

    /// <summary>A number from 1 to the largest, small ones more often.</summary>
    public int Next(int largest)
    {
        _state ^= _state << 13;
        _state ^= _state >> 17;
        _state ^= _state << 5;
        var bound = (_state & 3) == 0 ? largest : Math.Min(largest, 8);
        return 1 + (int)((_state >> 2) % (uint)bound);
    }
}
