using Microsoft.Win32.SafeHandles;

namespace Webserv.Host.Transport.Epoll;

/// <summary>What is left of one send: up to two pieces of memory, then up to one piece of a file.</summary>
internal unsafe struct EpollSend
{
    private const int FileEnded = -1;
    private const int FileClosed = -2;
    private int _error;

    public ReadOnlyMemory<byte> Head { get; set; }

    public ReadOnlyMemory<byte> Body { get; set; }

    public SafeFileHandle? File { get; init; }

    public long FileOffset { get; set; }

    public long FileLeft { get; set; }

    /// <summary>Whether the caller sends more at once.</summary>
    public bool More { get; init; }

    /// <summary>Whether nothing but a piece of a file is left.</summary>
    public readonly bool IsFile => Head.Length + Body.Length == 0 && FileLeft > 0;

    /// <summary>How many bytes are left.</summary>
    public readonly long Left => Head.Length + (long)Body.Length + FileLeft;

    /// <summary>Whether it failed because of the connection, and not of the file.</summary>
    public readonly bool IsConnectionBroken => _error is not (FileEnded or FileClosed);

    /// <summary>Sends as much as can be sent now.</summary>
    /// <param name="socket">The descriptor.</param>
    /// <param name="loop">Gives the file its share.</param>
    public EpollSendProgress Continue(int socket, EpollLoop loop)
    {
        while (Head.Length + Body.Length > 0)
        {
            var wanted = (long)Head.Length + Body.Length;
            var sent = SendMemory(socket, LibC.MessageNoSignal | (More || FileLeft > 0 ? LibC.MessageMore : 0));
            if (sent < 0)
            {
                switch (_error = LibC.Errno)
                {
                    case LibC.EINTR:
                        continue;
                    case LibC.EAGAIN:
                        return EpollSendProgress.Blocked;
                    default:
                        return EpollSendProgress.Failed;
                }
            }

            Advance(sent);
            if (sent < wanted)
            {
                return EpollSendProgress.Blocked;
            }
        }

        return FileLeft > 0 ? ContinueFile(socket, loop.TakeFileSlice()) : EpollSendProgress.Done;
    }

    /// <summary>Why <see cref="Continue"/> failed.</summary>
    public readonly IOException Failure() => _error switch
    {
        FileEnded => new EndOfStreamException($"the file ended {FileLeft} bytes early"),
        FileClosed => new IOException("the file was closed while it was being sent"),
        _ => new IOException($"the connection is broken: {LibC.Describe(_error)}"),
    };

    private EpollSendProgress ContinueFile(int socket, long slice)
    {
        var held = false;
        try
        {
            File!.DangerousAddRef(ref held);
            return ContinueFile(socket, (int)File.DangerousGetHandle(), slice);
        }
        catch (ObjectDisposedException)
        {
            // The caller's mistake; without the reference the number could belong to another file by now.
            _error = FileClosed;
            return EpollSendProgress.Failed;
        }
        finally
        {
            if (held)
            {
                File!.DangerousRelease();
            }
        }
    }

    private EpollSendProgress ContinueFile(int socket, int file, long slice)
    {
        while (FileLeft > 0)
        {
            if (slice <= 0)
            {
                return EpollSendProgress.GaveWay;
            }

            var offset = FileOffset;
            var sent = LibC.SendFile(socket, file, &offset, (nuint)Math.Min(slice, FileLeft));
            if (sent > 0)
            {
                FileOffset += sent;
                FileLeft -= sent;
                slice -= sent;
                continue;
            }

            // A short count may be a full socket or the end of the file: only the next call tells.
            _error = sent == 0 ? FileEnded : LibC.Errno;
            if (_error == LibC.EINTR)
            {
                continue;
            }

            return _error == LibC.EAGAIN ? EpollSendProgress.Blocked : EpollSendProgress.Failed;
        }

        return EpollSendProgress.Done;
    }

    private readonly nint SendMemory(int socket, int flags)
    {
        fixed (byte* head = Head.Span)
        fixed (byte* body = Body.Span)
        {
            if (Body.IsEmpty)
            {
                return LibC.Send(socket, head, (nuint)Head.Length, flags);
            }

            if (Head.IsEmpty)
            {
                return LibC.Send(socket, body, (nuint)Body.Length, flags);
            }

            var vectors = stackalloc LibC.Vector[2];
            vectors[0] = new LibC.Vector { Start = head, Length = (nuint)Head.Length };
            vectors[1] = new LibC.Vector { Start = body, Length = (nuint)Body.Length };
            var message = new LibC.MessageHeader { Vectors = vectors, VectorCount = 2 };
            return LibC.SendMessage(socket, &message, flags);
        }
    }

    private void Advance(nint sent)
    {
        var ofHead = (int)Math.Min(sent, Head.Length);
        Head = Head[ofHead..];
        Body = Body[((int)sent - ofHead)..];
    }
}
