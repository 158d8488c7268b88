namespace Webserv.Host.Logging;

/// <summary>The memory of a log: blocks that are being filled, wait, or are free. There are never more than a fixed number.</summary>
/// <param name="blockSize">The bytes of one.</param>
/// <param name="most">The most there may be.</param>
/// <param name="kept">The most that are kept while they are free.</param>
internal sealed class LogBlockPool(int blockSize, int most, int kept)
{
    private readonly Lock _sync = new();
    private readonly Stack<LogBlock> _free = new(kept);
    private readonly Queue<LogBlock> _waiting = new();
    private int _count;

    /// <summary>Takes an empty block; <see langword="null"/> where there are as many as there may be.</summary>
    public LogBlock? Rent()
    {
        lock (_sync)
        {
            if (_free.TryPop(out var block))
            {
                return block;
            }

            if (_count == most)
            {
                return null;
            }

            _count++;
        }

        return new LogBlock(blockSize);
    }

    /// <summary>Puts a block behind those that wait.</summary>
    public void Enqueue(LogBlock block)
    {
        lock (_sync)
        {
            _waiting.Enqueue(block);
        }
    }

    /// <summary>The block that waits longest, which stays in its place; <see langword="null"/> where none waits.</summary>
    public LogBlock? Peek()
    {
        lock (_sync)
        {
            return _waiting.TryPeek(out var block) ? block : null;
        }
    }

    /// <summary>Takes the block that waits longest off, once it is written.</summary>
    public void Dequeue()
    {
        lock (_sync)
        {
            var block = _waiting.Dequeue();
            if (_free.Count < kept)
            {
                block.Reset();
                _free.Push(block);
            }
            else
            {
                _count--;
            }
        }
    }
}
