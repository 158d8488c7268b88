using Microsoft.Extensions.Logging;
using Webserv.Host.Configuration;
using Webserv.Host.Transport.Activation;
using Webserv.Host.Transport.Epoll;
using Webserv.Host.Transport.Sockets;

namespace Webserv.Host.Transport;

/// <summary>Makes the transport that a configuration asks for.</summary>
internal static class TransportFactory
{
    /// <summary>Makes it; nothing is bound yet.</summary>
    /// <param name="options">Which one, and how.</param>
    /// <param name="loggers">Where it logs.</param>
    /// <param name="time">The clock of the portable transport; event loops use the system's.</param>
    /// <param name="inherited">Listening sockets of a service manager, if there are any.</param>
    /// <exception cref="PlatformNotSupportedException">Event loops were asked for elsewhere than on 64-bit Linux.</exception>
    /// <exception cref="IOException">The system has no descriptors or memory left.</exception>
    public static ITransport Create(TransportOptions options, ILoggerFactory loggers, TimeProvider time, InheritedSockets? inherited = null)
    {
        inherited ??= InheritedSockets.None;
        var linux = OperatingSystem.IsLinux() && Environment.Is64BitProcess;
        return options.Kind switch
        {
            TransportKind.Epoll when !linux => throw new PlatformNotSupportedException(
                "the transport Epoll needs 64-bit Linux; use Auto or Sockets here"),
            TransportKind.Epoll or TransportKind.Auto when linux => new EpollTransport(options, loggers, inherited),
            _ => new SocketTransport(options, loggers, time, inherited),
        };
    }
}
