using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Webserv.Gateway.Exchange;

namespace Webserv.Plugins.FastCgi.Protocol;

/// <summary>A request on a connection: what is sent for it, and what comes for it.</summary>
internal sealed class FastCgiRequest
{
    private const int EndLength = 8;

    // Bounds what a program may be ahead of its client. What fits leaves the program free for others.
    private static readonly PipeOptions Buffering = new(
        pool: null,
        readerScheduler: PipeScheduler.Inline,
        writerScheduler: PipeScheduler.Inline,
        pauseWriterThreshold: 64 * 1024,
        resumeWriterThreshold: 32 * 1024,
        minimumSegmentSize: 4096,
        useSynchronizationContext: false);

    private readonly Pipe _answer = new(Buffering);
    private readonly TaskCompletionSource _ended = new();
    private readonly ReadOnlyMemory<byte> _variables;
    private readonly Role _role;
    private readonly Action<ReadOnlySpan<byte>> _error;
    private readonly byte[] _end = new byte[EndLength];
    private FastCgiConnection? _connection;
    private RecordType _stream = RecordType.StandardInput;
    private int _endLength;
    private bool _hasAnswered;
    private bool _outputEnded;
    private bool _errorEnded;
    private volatile bool _unread;
    private volatile bool _headSent;

    /// <param name="role">What the program is to do.</param>
    /// <param name="variables">The meta-variables, as names and values; valid until the head is sent.</param>
    /// <param name="keepsConnection">Whether the connection is to stay open.</param>
    /// <param name="error">Told what the program writes to its stream of errors.</param>
    public FastCgiRequest(Role role, ReadOnlyMemory<byte> variables, bool keepsConnection, Action<ReadOnlySpan<byte>> error)
    {
        _role = role;
        _variables = variables;
        _error = error;
        KeepsConnection = keepsConnection;
    }

    /// <summary>Where the body comes from that a Filter is sent: says where the file begins.</summary>
    public FilterInput? Filter { get; init; }

    /// <summary>Its number on the connection.</summary>
    public ushort Id { get; private set; }

    /// <summary>Whether the program was asked to keep the connection.</summary>
    public bool KeepsConnection { get; }

    /// <summary>Whether the head and all of the body were sent.</summary>
    public bool HasSentAll { get; private set; }

    /// <summary>Whether the program has said that it is done.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Whether nobody waits for the program to say so any more. The connection's.</summary>
    public bool IsGivenUp { get; set; }

    /// <summary>Whether it is the first one on its connection.</summary>
    public bool IsFirst { get; private set; }

    /// <summary>Whether it took so long that whoever works on it has to be ended.</summary>
    public bool Hung { get; set; }

    /// <summary>Whether it was sent, or some of it.</summary>
    public bool IsBegun => _headSent;

    /// <summary>The exit status of what answered.</summary>
    public uint ApplicationStatus { get; private set; }

    /// <summary>What the program thinks of the request.</summary>
    public ProtocolStatus ProtocolStatus { get; private set; }

    /// <summary>Ends when the program is done with it, or lost. Never fails.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Whether its answer cannot be read because another one's client is slow.</summary>
    public bool IsHeldUp => _connection!.IsHeldUp(this);

    /// <summary>The answer. Reading throws <see cref="CgiResponseException"/> or <see cref="ConnectionLostException"/> where none will come.</summary>
    public PipeReader Answer => _answer.Reader;

    /// <summary>Called by the connection that takes it.</summary>
    public void Attach(FastCgiConnection connection, ushort id, bool isFirst) => (_connection, Id, IsFirst) = (connection, id, isFirst);

    /// <summary>Sends a piece of the body, behind the head if that has not been sent yet.</summary>
    /// <exception cref="IOException">The program does not read any more.</exception>
    public async ValueTask SendBodyAsync(ReadOnlyMemory<byte> piece, bool isLast, CancellationToken cancellation)
    {
        if (HasEnded)
        {
            throw new IOException("the program has ended the request");
        }

        while (true)
        {
            var part = piece[..Math.Min(piece.Length, RecordHeader.MaxContent)];
            piece = piece[part.Length..];
            var last = isLast && piece.IsEmpty;

            // Whoever gives up here has begun nothing: until then others send, or nobody reads.
            await _connection!.EnterSendingAsync(cancellation).ConfigureAwait(false);
            var buffer = ArrayPool<byte>.Shared.Rent(
                (_headSent ? 0 : Records.HeadLength(_variables.Length)) + Records.RecordLength(part.Length) + (2 * RecordHeader.Size));
            var length = 0;
            if (!_headSent)
            {
                _headSent = true;
                length = Records.WriteHead(buffer, Id, _role, KeepsConnection, _variables.Span);
            }

            if (_stream == RecordType.StandardInput && Filter is { IsInFile: true })
            {
                length += Records.WriteRecord(buffer.AsSpan(length), RecordType.StandardInput, Id, []);
                _stream = RecordType.Data;
            }

            if (!part.IsEmpty)
            {
                length += Records.WriteRecord(buffer.AsSpan(length), _stream, Id, part.Span);
            }

            if (last)
            {
                length += Records.WriteRecord(buffer.AsSpan(length), _stream, Id, []);
            }

            // Before it is sent: the answer may be there before this goes on. What the program does not take at once it may never take.
            HasSentAll = last;
            var sending = _connection.SendAsync(buffer, length, cancellation);
            if (!sending.IsCompletedSuccessfully)
            {
                HasSentAll = false;
                await sending.ConfigureAwait(false);
                HasSentAll = last;
            }

            if (piece.IsEmpty)
            {
                return;
            }
        }
    }

    /// <summary>Takes a piece of a record; on the connection's loop.</summary>
    /// <returns>Whether the request has ended.</returns>
    /// <exception cref="FastCgiProtocolException">It is none that may come now.</exception>
    public bool Take(RecordHeader record, ReadOnlySpan<byte> content, bool isLast)
    {
        switch (record.Type)
        {
            case RecordType.StandardOutput when !_outputEnded:
                _hasAnswered = true;
                _outputEnded = record.ContentLength == 0;
                if (!_unread && !content.IsEmpty)
                {
                    _answer.Writer.Write(content);
                }

                return false;
            case RecordType.StandardError when !_errorEnded:
                _hasAnswered = true;
                _errorEnded = record.ContentLength == 0;
                _error(content);
                return false;
            case RecordType.StandardOutput or RecordType.StandardError:
                throw new FastCgiProtocolException("more of a stream that had ended");
            case RecordType.EndRequest when record.ContentLength == EndLength:
                content.CopyTo(_end.AsSpan(_endLength));
                _endLength += content.Length;
                if (isLast)
                {
                    ApplicationStatus = BinaryPrimitives.ReadUInt32BigEndian(_end);
                    ProtocolStatus = (ProtocolStatus)_end[4];
                }

                return isLast;
            case RecordType.EndRequest:
                throw new FastCgiProtocolException($"an END_REQUEST of {record.ContentLength} bytes");
            default:
                throw new FastCgiProtocolException($"a record of type {(byte)record.Type}, which programs do not send");
        }
    }

    /// <summary>Hands over what came; waits while that is too much.</summary>
    public async ValueTask FlushAsync(CancellationToken cancellation)
    {
        if (!_unread)
        {
            var result = await _answer.Writer.FlushAsync(cancellation).ConfigureAwait(false);
            _unread |= result.IsCompleted;
        }
    }

    /// <summary>The program is done; what it said last is about to be handed over.</summary>
    public void MarkEnded() => HasEnded = true;

    /// <summary>Hands over what the program said last.</summary>
    public void Complete()
    {
        // First, so that whoever reads the last of it knows that nothing else is to come.
        _ended.TrySetResult();
        _answer.Writer.Complete(ProtocolStatus switch
        {
            ProtocolStatus.Complete => null,
            ProtocolStatus.Overloaded => new CgiResponseException("the program says that it is overloaded"),
            ProtocolStatus.CannotMultiplex => new CgiResponseException("the program takes one request at a time on a connection"),
            ProtocolStatus.UnknownRole => new CgiResponseException($"the program is no {_role}"),
            var other => new CgiResponseException($"the program ended the request with the unknown protocol status {(byte)other}"),
        });
    }

    /// <summary>The connection is gone, and the answer with it.</summary>
    public void Lose(string reason, bool isProtocolError)
    {
        _answer.Writer.Complete(IsFirst || _hasAnswered || isProtocolError ? new CgiResponseException(reason) : new ConnectionLostException(reason));
        _ended.TrySetResult();
    }

    /// <summary>Nobody reads the answer, and nobody waits for its end any more. What still comes is thrown away.</summary>
    public void Drop()
    {
        _unread = true;
        _ended.TrySetResult();
    }

    /// <summary>Asks the program to stop; what still comes is thrown away. The connection may have ended it meanwhile.</summary>
    public void Abort()
    {
        if (!HasEnded && _headSent)
        {
            _connection!.SendAbort(Id);
        }
    }
}
