namespace Webserv.Host.Transport.Memory;

/// <summary>One direction of a connection in memory: a bounded buffer that is written on one side and read on the other.</summary>
internal sealed class MemoryPipe(int capacity)
{
    private readonly Lock _lock = new();
    private readonly byte[] _bytes = new byte[capacity];
    private int _start;
    private int _count;
    private bool _ended;
    private bool _broken;
    private TaskCompletionSource _changed = New();

    /// <summary>No more bytes come; those that are there can still be read.</summary>
    public bool IsEnded => Volatile.Read(ref _ended);

    /// <summary>Nothing can be read or written any more.</summary>
    public bool IsBroken => Volatile.Read(ref _broken);

    /// <summary>What was written and not read.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Ends with the next change of anything. Taken before looking, so that no change is missed.</summary>
    public Task Changed
    {
        get
        {
            lock (_lock)
            {
                return _changed.Task;
            }
        }
    }

    /// <summary>Whether a read would not have to wait.</summary>
    public bool IsReadable
    {
        get
        {
            lock (_lock)
            {
                return _count > 0 || _ended || _broken;
            }
        }
    }

    /// <summary>Reads what is there, perhaps nothing.</summary>
    public int Read(Span<byte> target)
    {
        lock (_lock)
        {
            var count = Math.Min(target.Length, _count);
            for (var i = 0; i < count;)
            {
                var piece = Math.Min(count - i, _bytes.Length - _start);
                _bytes.AsSpan(_start, piece).CopyTo(target[i..]);
                _start = (_start + piece) % _bytes.Length;
                i += piece;
            }

            _count -= count;
            if (count > 0)
            {
                Change();
            }

            return count;
        }
    }

    /// <summary>Writes what fits, perhaps nothing.</summary>
    public int Write(ReadOnlySpan<byte> source)
    {
        lock (_lock)
        {
            var count = _ended || _broken ? 0 : Math.Min(source.Length, _bytes.Length - _count);
            for (var i = 0; i < count;)
            {
                var end = (_start + _count) % _bytes.Length;
                var piece = Math.Min(count - i, _bytes.Length - end);
                source.Slice(i, piece).CopyTo(_bytes.AsSpan(end));
                _count += piece;
                i += piece;
            }

            if (count > 0)
            {
                Change();
            }

            return count;
        }
    }

    /// <summary>The writer ends its side.</summary>
    public void End()
    {
        lock (_lock)
        {
            _ended = true;
            Change();
        }
    }

    /// <summary>Either side breaks it.</summary>
    public void Break()
    {
        lock (_lock)
        {
            _broken = true;
            _count = 0;
            Change();
        }
    }

    /// <summary>Has those who wait look again.</summary>
    public void Wake()
    {
        lock (_lock)
        {
            Change();
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Change()
    {
        _changed.TrySetResult();
        _changed = New();
    }
}
