using System.Buffers;

namespace Webserv.Gateway.Exchange;

/// <summary>
/// What has come of an answer and was not handed on yet. It has memory only while there is something in it: a script may be
/// silent for hours, and many at once.
/// </summary>
/// <param name="output">The answer. A read with an empty buffer waits, or does nothing, and takes nothing.</param>
/// <param name="size">How much is read at once, in bytes; it grows while nothing is handed on.</param>
internal sealed class AnswerBuffer(Stream output, int size) : IDisposable
{
    private byte[]? _bytes;
    private int _start;
    private int _end;

    /// <summary>What is in it.</summary>
    public Memory<byte> Data => _bytes.AsMemory(_start, _end - _start);

    /// <summary>Leaves the first bytes out from here on.</summary>
    public void Skip(int count) => _start += count;

    /// <summary>Everything in it was handed on.</summary>
    public void Clear() => _start = _end = 0;

    /// <summary>Waits for more with nothing in it, and holds no memory meanwhile.</summary>
    public ValueTask<int> WaitAsync(CancellationToken cancellation)
    {
        var waiting = output.ReadAsync(Memory<byte>.Empty, cancellation);
        if (!waiting.IsCompleted)
        {
            Dispose();
        }

        return waiting;
    }

    /// <summary>Reads more behind what is in it.</summary>
    /// <returns>How many bytes; 0 at the end.</returns>
    public async ValueTask<int> ReadAsync(CancellationToken cancellation)
    {
        if (_bytes is null)
        {
            _bytes = ArrayPool<byte>.Shared.Rent(size);
        }
        else if (_end == _bytes.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(_bytes.Length * 2);
            _bytes.CopyTo(larger, 0);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
        }

        var count = await output.ReadAsync(_bytes.AsMemory(_end), cancellation).ConfigureAwait(false);
        _end += count;
        return count;
    }

    /// <summary>Gives the memory back. Not while something is read into it.</summary>
    public void Dispose()
    {
        Clear();
        if (_bytes is { } bytes)
        {
            _bytes = null;
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }
}
