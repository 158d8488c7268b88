using System.Net.Sockets;
using Webserv.Host.Transport.Epoll;

namespace Webserv.Host.Transport.Sockets;

/// <summary>What the system takes for a peer and holds as long as that has not taken it, where the system tells.</summary>
internal static class SocketQueue
{
    /// <summary>Whether the system tells.</summary>
    public static bool CanBeCounted { get; } = OperatingSystem.IsLinux() && Environment.Is64BitProcess;

    /// <summary>The number of bytes; 0 where the system does not tell. The socket must not be disposed meanwhile.</summary>
    public static unsafe int CountUnsent(Socket socket)
    {
        int queued;
        return CanBeCounted && LibC.DeviceControl((int)socket.Handle, LibC.OutputQueue, &queued) == 0 ? queued : 0;
    }

    /// <summary>Sends what there is room for; only where <see cref="CanBeCounted"/>. The socket must not be disposed meanwhile.</summary>
    /// <returns>How many bytes that was; 0 as well where it failed, which the next send tells.</returns>
    public static unsafe int Send(Socket socket, ReadOnlySpan<byte> data)
    {
        fixed (byte* start = data)
        {
            return (int)Math.Max(0, LibC.Send((int)socket.Handle, start, (nuint)data.Length, LibC.MessageNoSignal));
        }
    }
}
