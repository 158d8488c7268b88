namespace Webserv.Host.Tests.Server;

/// <summary>The suite on <see cref="RigKind.Epoll"/>.</summary>
public sealed class EpollServerTests : ServerTests
{
    internal override RigKind Kind => RigKind.Epoll;
}
