using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Webserv.Plugins.FastCgi.Protocol;

/// <summary>Sends records to a program, those of one request behind those of another.</summary>
/// <param name="output">What goes to the program; owned.</param>
/// <param name="closed">Cancelled when the connection is closed: what is being sent fails then.</param>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore without wait handle holds nothing, and is used until the last sending has failed.")]
internal sealed class RecordSender(Stream output, CancellationToken closed) : IAsyncDisposable
{
    private readonly SemaphoreSlim _sending = new(1);
    private bool _isDisposed;

    /// <summary>Waits until nothing else is being sent. Whoever waited sends then, by <see cref="SendAsync"/>.</summary>
    /// <exception cref="OperationCanceledException">Nobody waits for it any more; nothing is to be sent.</exception>
    public Task EnterAsync(CancellationToken cancellation) =>
        _sending.Wait(0, CancellationToken.None) ? Task.CompletedTask : _sending.WaitAsync(cancellation);

    /// <summary>
    /// Sends whole records. Cancelling ends the wait and not the sending: a record that was begun must be completed, or no
    /// other request could be sent on the connection.
    /// </summary>
    /// <param name="buffer">From the shared pool; given back there when it is sent.</param>
    /// <param name="length">How much of it.</param>
    /// <param name="cancellation">Cancelled when nobody waits for it any more.</param>
    /// <exception cref="IOException">The connection is lost.</exception>
    public async ValueTask SendAsync(byte[] buffer, int length, CancellationToken cancellation)
    {
        var sending = WriteAsync(buffer, length);
        if (sending.IsCompletedSuccessfully)
        {
            return;
        }

        try
        {
            await sending.WaitAsync(cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!sending.IsCompleted)
        {
            Observe(sending);
            throw;
        }
    }

    /// <summary>Sends a record without content, unless something is being sent; nobody waits for it.</summary>
    public void TrySendEmpty(RecordType type, ushort requestId)
    {
        if (_sending.Wait(0, CancellationToken.None))
        {
            var buffer = ArrayPool<byte>.Shared.Rent(RecordHeader.Size);
            Observe(WriteAsync(buffer, Records.WriteRecord(buffer, type, requestId, [])));
        }
    }

    /// <summary>Waits for what is being sent, and closes the stream. Whatever is sent after that fails.</summary>
    public async ValueTask DisposeAsync()
    {
        await _sending.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        _isDisposed = true;
        await output.DisposeAsync().ConfigureAwait(false);
        _sending.Release();
    }

    /// <summary>What fails with nobody waiting is lost with the connection, whose loop says so.</summary>
    private static void Observe(Task sending) => _ = sending.ContinueWith(
        static task => _ = task.Exception,
        CancellationToken.None,
        TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);

    private async Task WriteAsync(byte[] buffer, int length)
    {
        try
        {
            if (_isDisposed)
            {
                throw new IOException("the connection was closed");
            }

            await output.WriteAsync(buffer.AsMemory(0, length), closed).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception)
        {
            throw new IOException("the connection was closed", exception);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            _sending.Release();
        }
    }
}
