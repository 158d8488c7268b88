using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Webserv.Plugins.Cgi.Tests.Fixtures;

/// <summary>One end of a pipe, non-blocking; see <see cref="PollStreams"/>.</summary>
internal sealed partial class PollStream : Stream
{
    private const int Again = 11;
    private readonly SafeFileHandle _handle;
    private int _pending;

    public PollStream(SafeFileHandle handle, bool canWrite)
    {
        _handle = handle;
        CanWrite = canWrite;
        var descriptor = (int)handle.DangerousGetHandle();
        Assert.True(Control(descriptor, 4, Control(descriptor, 3, 0) | 0x800) >= 0);
    }

    public override bool CanRead => !CanWrite;

    public override bool CanSeek => false;

    public override bool CanWrite { get; }

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Enter();
        try
        {
            if (buffer.IsEmpty)
            {
                await PollLoop.Instance.WaitAsync(_handle, PollLoop.Readable, cancellationToken);
                return 0;
            }

            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var count = TryRead(buffer.Span);
                if (count >= 0)
                {
                    return count;
                }

                await PollLoop.Instance.WaitAsync(_handle, PollLoop.Readable, cancellationToken);
            }
        }
        finally
        {
            Interlocked.Exchange(ref _pending, 0);
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Enter();
        try
        {
            while (!buffer.IsEmpty)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var count = TryWrite(buffer.Span);
                if (count < 0)
                {
                    await PollLoop.Instance.WaitAsync(_handle, PollLoop.Writable, cancellationToken);
                }
                else
                {
                    buffer = buffer[count..];
                }
            }
        }
        finally
        {
            Interlocked.Exchange(ref _pending, 0);
        }
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (Volatile.Read(ref _pending) != 0)
        {
            throw new InvalidOperationException("Disposed while an operation is pending.");
        }

        _handle.Dispose();
        base.Dispose(disposing);
    }

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static unsafe partial int Control(int descriptor, int command, int argument);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static unsafe partial nint Read(int descriptor, void* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static unsafe partial nint Write(int descriptor, void* buffer, nuint count);

    private void Enter()
    {
        if (Interlocked.Exchange(ref _pending, 1) != 0)
        {
            throw new InvalidOperationException("Two operations at a time.");
        }

        ObjectDisposedException.ThrowIf(_handle.IsClosed, this);
    }

    private unsafe int TryRead(Span<byte> buffer)
    {
        fixed (byte* first = buffer)
        {
            return Result(Read((int)_handle.DangerousGetHandle(), first, (nuint)buffer.Length));
        }
    }

    private unsafe int TryWrite(ReadOnlySpan<byte> buffer)
    {
        fixed (byte* first = buffer)
        {
            return Result(Write((int)_handle.DangerousGetHandle(), first, (nuint)buffer.Length));
        }
    }

    private static int Result(nint count) =>
        count >= 0 ? (int)count
        : Marshal.GetLastPInvokeError() == Again ? -1
        : throw new IOException(Marshal.GetLastPInvokeErrorMessage());
}
