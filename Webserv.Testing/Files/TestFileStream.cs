using Microsoft.Win32.SafeHandles;
using Webserv.Abstractions.Files;
using Webserv.Abstractions.Http;

namespace Webserv.Testing.Files;

/// <summary>Reads a file of a <see cref="TestDocumentRoot"/>, and only as it was when it was found.</summary>
internal sealed class TestFileStream : Stream
{
    private readonly IFileEntry _file;
    private readonly SafeFileHandle _handle;
    private long _position;

    public TestFileStream(IFileEntry file)
    {
        _file = file;
        try
        {
            _handle = File.OpenHandle(file.PhysicalPath);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Gone(e);
        }

        if (!IsUnchanged)
        {
            _handle.Dispose();
            throw Gone(null);
        }
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => _file.Length;

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    private bool IsUnchanged =>
        TestFileEntry.GetTag(RandomAccess.GetLength(_handle), File.GetLastWriteTimeUtc(_handle)) == _file.EntityTag;

    public override int Read(Span<byte> buffer)
    {
        var left = _file.Length - _position;
        if (left == 0 || buffer.IsEmpty)
        {
            return 0;
        }

        var count = RandomAccess.Read(_handle, buffer.Length > left ? buffer[..(int)left] : buffer, _position);
        _position += count;
        return count > 0 && (count < left || IsUnchanged) ? count : throw new IOException($"{_file.PhysicalPath} changed while it was read.");
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        return Read(buffer.AsSpan(offset, count));
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        _handle.Dispose();
        base.Dispose(disposing);
    }

    private HttpException Gone(Exception? cause) =>
        new(StatusCodes.ServiceUnavailable, $"{_file.PhysicalPath} changed while it was about to be read", cause);
}
