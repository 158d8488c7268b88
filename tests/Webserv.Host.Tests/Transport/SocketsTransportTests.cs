using Webserv.Host.Configuration;

namespace Webserv.Host.Tests.Transport;

/// <summary>The common suite over System.Net.Sockets.</summary>
public sealed class SocketsTransportTests : TransportTests
{
    internal override TransportRig CreateRig() => TransportRig.Of(TransportKind.Sockets);
}
