using System.Runtime.CompilerServices;
using Webserv.Abstractions.Files;
using Webserv.Host.Files;

namespace Webserv.Host.Http1;

/// <content>Files as bodies and parts of bodies.</content>
internal sealed partial class Http1Response
{
    private HeldFile _heldFile;

    /// <inheritdoc />
    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellation)
    {
        var file = _context.Server.Files.FindFile(path);
        return file.Kind == FileKind.File
            ? SendFileAsync(file, offset, count ?? file.Length - offset, cancellation)
            : throw new FileNotFoundException("There is no such regular file.", path);
    }

    /// <inheritdoc />
    public Task SendFileAsync(IFileEntry file, long offset, long count, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(file);
        cancellation.ThrowIfCancellationRequested();
        ThrowIfCompleted();
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, file.Length - offset);
        if (file is not CachedFile cached)
        {
            return SendFileAsync(file.PhysicalPath, offset, count, cancellation);
        }

        // Before the head goes out, so that a file that is no longer there can still be answered with a status.
        var slice = FileSlice.Borrow(cached, offset, count, ref _heldFile);
        if (!HasStarted)
        {
            _contentLength ??= count;
            if (_starting.Count > 0 || _buffered > 0 || _context.RequestBody.HasExpectation)
            {
                return SendFileSlowAsync(slice);
            }

            Start(slice);
        }

        var send = SendSliceAsync(slice);
        return send.IsCompletedSuccessfully ? Task.CompletedTask : send.AsTask();
    }

    private void Start(in FileSlice slice)
    {
        try
        {
            Start();
        }
        catch
        {
            slice.Return();
            throw;
        }
    }

    private ValueTask SendSliceAsync(in FileSlice slice) =>
        slice.Handle is null
            ? _body.SendAsync(slice.File.Content.AsMemory((int)slice.Offset, (int)slice.Count))
            : SendAndReturnAsync(slice);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SendAndReturnAsync(FileSlice slice)
    {
        try
        {
            await _body.SendFileAsync(slice.Handle!, slice.Offset, slice.Count).ConfigureAwait(false);
        }
        catch (EndOfStreamException exception)
        {
            // The length is out and cannot be kept: the connection is cut, and whoever shortened the file is to know why.
            Log.FileShrank(
                _context.Server.Logger, _context.TraceId, _context.Connection.RemoteAddress, _context.Request.Path, slice.File.PhysicalPath, exception.Message);
            throw;
        }
        finally
        {
            slice.Return();
        }
    }

    private async Task SendFileSlowAsync(FileSlice slice)
    {
        Interlocked.Increment(ref _writing);
        try
        {
            try
            {
                await StartAsync().ConfigureAwait(false);
            }
            catch
            {
                // Given back here because it is not handed on; the exception goes on its way.
                slice.Return();
                throw;
            }

            await SendSliceAsync(slice).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _writing);
        }
    }
}
