using System.Net.Sockets;
using Webserv.Host.Transport.Epoll;

namespace Webserv.Host.Transport.Sockets;

/// <summary>What the system holds for a peer that has not taken it yet, where the system tells.</summary>
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
}
