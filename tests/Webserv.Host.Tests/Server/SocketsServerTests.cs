namespace Webserv.Host.Tests.Server;

/// <summary>The suite on <see cref="RigKind.Sockets"/>.</summary>
public sealed class SocketsServerTests : ServerTests
{
    internal override RigKind Kind => RigKind.Sockets;
}
