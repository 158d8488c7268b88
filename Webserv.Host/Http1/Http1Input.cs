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
        if (_headEnd > _headStart)
        {
            MakeRoomBehindHead();
        }
        else if (_buffer.Length == _end)
        {
            var unread = _end - _position;
            var target = unread == _buffer.Length ? new byte[_buffer.Length * 2] : _buffer;
            _buffer.AsSpan(_position, unread).CopyTo(target);
            _buffer = target;
            _headStart = _headEnd = _position = 0;
            _end = unread;
        }
    }

    /// <summary>
    /// The head of a request that is being served is never moved: one thread may read fields while another receives the
    /// body. It keeps its place, in a larger buffer where room is short.
    /// </summary>
    private void MakeRoomBehindHead()
    {
        var unread = _end - _position;
        if (_buffer.Length - _end >= BodyRoom / 4)
        {
            return;
        }

        var target = _buffer;
        if (_buffer.Length - _headEnd - unread < BodyRoom / 4)
        {
            target = new byte[_headEnd + unread + BodyRoom];
            _buffer.AsSpan(0, _headEnd).CopyTo(target);
        }

        _buffer.AsSpan(_position, unread).CopyTo(target.AsSpan(_headEnd));
        Volatile.Write(ref _buffer, target);
        _position = _headEnd;
        _end = _headEnd + unread;
    }
}
