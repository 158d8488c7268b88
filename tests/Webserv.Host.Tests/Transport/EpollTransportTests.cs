using Webserv.Host.Configuration;

namespace Webserv.Host.Tests.Transport;

/// <summary>The common suite over event loops.</summary>
public sealed class EpollTransportTests : TransportTests
{
    internal override TransportRig CreateRig() => TransportRig.Of(TransportKind.Epoll);
}
