using System.Net;
using System.Net.Sockets;

namespace Webserv.EndToEnd.Tests.Processes;

/// <summary>
/// A free port of 127.0.0.1 that nobody else is given while this is held: bound, but not listening, and open to be shared by
/// the server under test. For configurations that cannot say port 0 for two endpoints, since those would be one.
/// </summary>
internal sealed class ReservedPort : IDisposable
{
    private readonly Socket _holder = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public ReservedPort()
    {
        // The port is chosen before it is opened for sharing, so that it is not one that another test holds.
        _holder.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _holder.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        Number = ((IPEndPoint)_holder.LocalEndPoint!).Port;
    }

    /// <summary>The port.</summary>
    public int Number { get; }

    /// <inheritdoc />
    public void Dispose() => _holder.Dispose();
}
