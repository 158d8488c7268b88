using System.Net.Sockets;

namespace Webserv.Host.Transport.Sockets;

/// <summary>What is received.</summary>
internal sealed partial class SocketConnection
{
    public async ValueTask<ReceiveResult> ReceiveAsync(Memory<byte> buffer)
    {
        CancellationToken timeout;
        lock (_lock)
        {
            if (_closed || _broken)
            {
                return new ReceiveResult(0, ReceiveStatus.Reset);
            }

            if (_receiving)
            {
                throw new InvalidOperationException("A receive is pending already.");
            }

            if (ReceiveDeadline <= Loop.Milliseconds && !_socket.Poll(0, SelectMode.SelectRead))
            {
                return new ReceiveResult(0, ReceiveStatus.TimedOut);
            }

            if (_receiveTimeout.IsCancellationRequested)
            {
                _receiveTimeout.Dispose();
                _receiveTimeout = new CancellationTokenSource();
            }

            timeout = _receiveTimeout.Token;
            _receiving = true;
        }

        try
        {
            while (true)
            {
                try
                {
                    var count = await _socket.ReceiveAsync(buffer, SocketFlags.None, timeout).ConfigureAwait(false);
                    if (!buffer.IsEmpty)
                    {
                        return new ReceiveResult(count, count > 0 ? ReceiveStatus.Received : ReceiveStatus.End);
                    }

                    // A wait ends with any event, also with one for what has been received since.
                    if (HasCome(buffer))
                    {
                        return new ReceiveResult(0, ReceiveStatus.Received);
                    }
                }
                catch (OperationCanceledException) when (TryRenewTimeout(ref timeout))
                {
                    // It was the receive before this one that had taken too long.
                }

                if (_closed)
                {
                    return new ReceiveResult(0, ReceiveStatus.Reset);
                }
            }
        }
        catch (OperationCanceledException)
        {
            return new ReceiveResult(0, _closed ? ReceiveStatus.Reset : HasCome(buffer) ? ReceiveStatus.Received : ReceiveStatus.TimedOut);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            Broken();

            return new ReceiveResult(0, ReceiveStatus.Reset);
        }
        finally
        {
            var dispose = false;
            lock (_lock)
            {
                // This too may have had to wait for a thread of the pool; nobody knows when the system was done.
                ReceivedAt = Loop.Milliseconds;
                _receiving = false;
                dispose = _closed;
            }

            if (dispose)
            {
                _socket.Dispose();
            }
        }
    }

    /// <summary>Takes another source of cancellation where the deadline has not passed.</summary>
    private bool TryRenewTimeout(ref CancellationToken timeout)
    {
        lock (_lock)
        {
            if (_closed || ReceiveDeadline <= Loop.Milliseconds)
            {
                return false;
            }

            _receiveTimeout.Dispose();
            _receiveTimeout = new CancellationTokenSource();
            timeout = _receiveTimeout.Token;
            return true;
        }
    }

    /// <summary>Whether the connection is readable, for a receive that waits for just that.</summary>
    private bool HasCome(Memory<byte> buffer)
    {
        lock (_lock)
        {
            return buffer.IsEmpty && !_closed && _socket.Poll(0, SelectMode.SelectRead);
        }
    }
}
