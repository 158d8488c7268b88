using System.Runtime.CompilerServices;
using Webserv.Host.Transport;

namespace Webserv.Host.Http1;

/// <summary>
/// The bytes that have come in on a connection and are not used up: the head of the current request, which stays in place
/// while the request is served, and behind it parts of its body or requests that were pipelined.
/// </summary>
internal sealed class Http1Input
{
    private const int InitialSize = 4096;
    private const int BodyRoom = 16 * 1024;
    private const int MaxKeptSize = 64 * 1024;

    private byte[] _buffer = new byte[InitialSize];
    private int _headStart;
    private int _headEnd;
    private int _position;
    private int _end;

    /// <summary>The head of the current request, once <see cref="BeginBody"/> was called.</summary>
    public ReadOnlySpan<byte> Head => _buffer.AsSpan(_headStart, _headEnd - _headStart);

    /// <summary>What came in and was not taken yet.</summary>
    public ReadOnlySpan<byte> Unread => _buffer.AsSpan(_position, _end - _position);

    /// <summary>Whether there is nothing left to take.</summary>
    public bool IsEmpty => _position == _end;

    /// <summary>Takes bytes.</summary>
    public void Advance(int count) => _position += count;

    /// <summary>Tells that the head is complete and that its body follows.</summary>
    public void BeginBody(int headLength)
    {
        _headStart = _position;
        _headEnd = _position += headLength;
    }

    /// <summary>Lets go of the current head; what follows belongs to the next request.</summary>
    public void EndRequest()
    {
        if (_position == _end)
        {
            _position = _end = 0;
        }

        _headStart = _headEnd = _position;
    }

    /// <summary>Empties the buffer for another connection and gives back what has grown.</summary>
    public void Reset()
    {
        _headStart = _headEnd = _position = _end = 0;
        if (_buffer.Length > MaxKeptSize)
        {
            _buffer = new byte[InitialSize];
        }
    }

    /// <summary>Receives more behind what is there, and makes room for it.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ReceiveStatus> ReceiveAsync(IConnection connection)
    {
        MakeRoom();
        var result = await connection.ReceiveAsync(_buffer.AsMemory(_end)).ConfigureAwait(false);
        _end += result.Count;
        return result.Status;
    }

    private void MakeRoom()
    {
        var hasHead = _headEnd > _headStart;
        if (hasHead && _position == _end)
        {
            _position = _end = _headEnd;
        }

        var wanted = hasHead ? BodyRoom / 4 : 1;
        if (_buffer.Length - _end >= wanted)
        {
            return;
        }

        // Offsets of the head count from its start, so head and rest may move together; what lies between them is used up.
        var keptHead = _headEnd - _headStart;
        var unread = _end - _position;
        var size = Math.Max(_buffer.Length, keptHead + unread + (hasHead ? BodyRoom : 0));
        if (keptHead + unread == size)
        {
            size *= 2;
        }

        var target = size > _buffer.Length ? new byte[size] : _buffer;
        var unreadBytes = _buffer.AsSpan(_position, unread);
        _buffer.AsSpan(_headStart, keptHead).CopyTo(target);
        unreadBytes.CopyTo(target.AsSpan(keptHead));
        _buffer = target;
        _headStart = 0;
        _headEnd = _position = keptHead;
        _end = keptHead + unread;
    }
}
