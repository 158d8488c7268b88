namespace Webserv.Host.Tests.Transport;

/// <summary>The common suite over memory.</summary>
public sealed class MemoryTransportTests : TransportTests
{
    internal override TransportRig CreateRig() => TransportRig.OfMemory();
}
