using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;
using Webserv.Host.Transport;

namespace Webserv.Host.Http1;

/// <summary>
/// What is about to go out on a connection: heads and small bodies are gathered here, so that one answer, or the answers to
/// several pipelined requests, leave with one system call.
/// </summary>
internal sealed class Http1Output
{
    private const int InitialSize = 8192;
    private const int MaxKeptSize = 64 * 1024;

    private byte[] _buffer = new byte[InitialSize];
    private IConnection? _connection;
    private bool _sending;

    /// <summary>The bytes that wait.</summary>
    public int Count { get; private set; }

    /// <summary>How many bytes were handed to the connection.</summary>
    public long Sent { get; private set; }

    /// <summary>How much more can be gathered without growing.</summary>
    public int Room => _buffer.Length - Count;

    /// <summary>Whether a send has not ended. A middleware that did not await its write finds every other refused.</summary>
    public bool IsSending => Volatile.Read(ref _sending);

    /// <summary>Whether a send failed: nothing more can go out.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Makes it ready for a connection, or for none.</summary>
    public void Reset(IConnection? connection)
    {
        _connection = connection;
        Count = 0;
        Sent = 0;
        _sending = false;
        IsBroken = false;
        if (_buffer.Length > MaxKeptSize)
        {
            _buffer = new byte[InitialSize];
        }
    }

    /// <summary>Tells that the connection was given up.</summary>
    public void MarkBroken() => IsBroken = true;

    /// <summary>Room for bytes that <see cref="Advance"/> then adds.</summary>
    /// <exception cref="InvalidOperationException">A send has not ended.</exception>
    public Span<byte> GetSpan(int size)
    {
        ThrowIfSending();
        if (Room < size)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, Count + size));
        }

        return _buffer.AsSpan(Count);
    }

    /// <summary>Adds bytes that were written to <see cref="GetSpan"/>.</summary>
    public void Advance(int count) => Count += count;

    /// <summary>Gathers bytes.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(GetSpan(bytes.Length));
        Count += bytes.Length;
    }

    /// <summary>Sends what waits.</summary>
    /// <param name="more">Whether more follows at once, be it the end of the stream.</param>
    /// <exception cref="IOException">The connection is broken.</exception>
    public ValueTask FlushAsync(bool more = false)
    {
        ThrowIfSending();
        if (Count == 0)
        {
            return ValueTask.CompletedTask;
        }

        var send = Connection.SendAsync(_buffer.AsMemory(0, Count), more);
        Sent += Count;
        Count = 0;
        return Watch(send);
    }

    /// <summary>Sends what waits of earlier answers where that takes no waiting, before the connection is given up; the rest is dropped.</summary>
    /// <param name="end">How many bytes earlier answers have, of all on this connection.</param>
    /// <returns>Whether all of them is on its way.</returns>
    public bool TrySendUpTo(long end)
    {
        if (IsBroken || IsSending)
        {
            return false;
        }

        Count = (int)Math.Clamp(end - Sent, 0, Count);
        var send = FlushAsync();
        if (send.IsCompletedSuccessfully)
        {
            return true;
        }

        _ = ForgetAsync(send);
        return false;
    }

    private static async Task ForgetAsync(ValueTask send)
    {
        try
        {
            await send.ConfigureAwait(false);
        }
        catch (IOException)
        {
            // The connection is given up, and this with it: whoever does that has told why.
        }
    }

    /// <summary>Sends the last that waits and ends the own side with it: one segment where two would wake the client twice.</summary>
    /// <exception cref="IOException">The connection is broken.</exception>
    public async ValueTask FinishAsync()
    {
        await FlushAsync(more: true).ConfigureAwait(false);
        Connection.ShutdownSend();
    }

    /// <summary>Sends what waits and then other bytes, together.</summary>
    /// <exception cref="IOException">The connection is broken.</exception>
    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        ThrowIfSending();
        var send = Count == 0 ? Connection.SendAsync(bytes) : Connection.SendAsync(_buffer.AsMemory(0, Count), bytes);
        Sent += Count + bytes.Length;
        Count = 0;
        return Watch(send);
    }

    /// <summary>Sends what waits and then part of a file, together.</summary>
    /// <exception cref="EndOfStreamException">The file ended early.</exception>
    /// <exception cref="IOException">The connection is broken.</exception>
    public ValueTask SendFileAsync(SafeFileHandle file, long offset, long count)
    {
        ThrowIfSending();
        var send = Connection.SendFileAsync(_buffer.AsMemory(0, Count), file, offset, count);
        Sent += Count + count;
        Count = 0;
        return Watch(send);
    }

    private IConnection Connection => _connection ?? throw new ObjectDisposedException(nameof(IConnection));

    private ValueTask Watch(ValueTask send)
    {
        if (send.IsCompletedSuccessfully)
        {
            send.GetAwaiter().GetResult();
            return ValueTask.CompletedTask;
        }

        return WatchSlow(send);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WatchSlow(ValueTask send)
    {
        Volatile.Write(ref _sending, true);
        try
        {
            await send.ConfigureAwait(false);
        }
        catch
        {
            IsBroken = true;
            throw;
        }
        finally
        {
            Volatile.Write(ref _sending, false);
        }
    }

    private void ThrowIfSending()
    {
        if (IsSending)
        {
            throw new InvalidOperationException("The write before this one has not ended; await it.");
        }
    }
}
