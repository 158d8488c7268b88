using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Webserv.Abstractions.IO;

namespace Webserv.Plugins.FastCgi.Backends;

/// <summary>
/// Connects to backends. On Linux the connection is then read and written on the server's event loops, each direction
/// through a descriptor of its own.
/// </summary>
internal sealed partial class Connector(IPipeStreams streams, TimeSpan timeout, TimeProvider time)
{
    private const int DuplicateCloseOnExec = 1030; // F_DUPFD_CLOEXEC
    private const int LeastDescriptor = 3;

    /// <summary>Connects.</summary>
    /// <exception cref="IOException">It did not work, or took too long.</exception>
    public async ValueTask<(Stream Input, Stream Output)> ConnectAsync(BackendAddress address, CancellationToken cancellation)
    {
        Socket? socket = null;
        try
        {
            socket = address.EndPoint is UnixDomainSocketEndPoint
                ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
                : new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            var connecting = socket.ConnectAsync(address.EndPoint, cancellation);
            if (connecting.IsCompleted)
            {
                await connecting.ConfigureAwait(false);
            }
            else
            {
                await connecting.AsTask().WaitAsync(timeout, time, cancellation).ConfigureAwait(false);
            }

            return Open(socket);
        }
        catch (SocketException exception)
        {
            socket?.Dispose();
            throw new IOException($"cannot connect to {address.Text}: {exception.Message}", exception);
        }
        catch (TimeoutException exception)
        {
            socket?.Dispose();
            throw new IOException($"cannot connect to {address.Text}: no answer in {timeout}", exception);
        }
        catch
        {
            socket?.Dispose();
            throw;
        }
    }

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(int descriptor, int command, int argument);

    private (Stream Input, Stream Output) Open(Socket socket)
    {
        if (!OperatingSystem.IsLinux())
        {
            var stream = new NetworkStream(socket, ownsSocket: true);
            return (stream, stream);
        }

        using (socket)
        {
            var read = Duplicate(socket);
            SafeFileHandle write;
            try
            {
                write = Duplicate(socket);
            }
            catch
            {
                read.Dispose();
                throw;
            }

            // Closing a socket object makes the connection blocking, for its duplicates too; opening the streams comes after.
            socket.Dispose();
            Stream input;
            try
            {
                input = streams.OpenRead(read);
            }
            catch
            {
                write.Dispose();
                throw;
            }

            try
            {
                return (input, streams.OpenWrite(write));
            }
            catch
            {
                input.Dispose();
                throw;
            }
        }
    }

    private static SafeFileHandle Duplicate(Socket socket)
    {
        var descriptor = Control((int)socket.SafeHandle.DangerousGetHandle(), DuplicateCloseOnExec, LeastDescriptor);
        return descriptor >= 0
            ? new SafeFileHandle(descriptor, ownsHandle: true)
            : throw new IOException($"cannot duplicate a connection: {Marshal.GetLastPInvokeErrorMessage()}");
    }
}
