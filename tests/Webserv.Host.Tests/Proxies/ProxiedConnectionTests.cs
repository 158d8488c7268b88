using Moq;
using Webserv.Host.Proxies;
using Webserv.Host.Transport;

namespace Webserv.Host.Tests.Proxies;

public sealed class ProxiedConnectionTests
{
    private readonly Mock<IConnection> _inner = new();

    [Fact]
    public void Observer_SetAfterTheClientWent_IsToldOfIt()
    {
        _inner.SetupProperty(inner => inner.Observer);
        var connection = new ProxiedConnection(_inner.Object);
        _inner.Object.Observer!.OnPeerEnded();
        _inner.Object.Observer!.OnReset();
        var observer = new Mock<IConnectionObserver>();
        connection.Observer = observer.Object;
        observer.Verify(told => told.OnPeerEnded(), Times.Once);
        observer.Verify(told => told.OnReset(), Times.Once);
    }

    [Fact]
    public void Observer_SetBeforeTheClientWent_IsToldOnce()
    {
        _inner.SetupProperty(inner => inner.Observer);
        var observer = new Mock<IConnectionObserver>();
        _ = new ProxiedConnection(_inner.Object) { Observer = observer.Object };
        observer.VerifyNoOtherCalls();
        _inner.Object.Observer!.OnPeerEnded();
        _inner.Object.Observer!.OnReset();
        observer.Verify(told => told.OnPeerEnded(), Times.Once);
        observer.Verify(told => told.OnReset(), Times.Once);
    }

    [Fact]
    public async Task ReceiveAsync_BytesBehindTheHeader_ComeFirst()
    {
        var connection = new ProxiedConnection(_inner.Object);
        connection.Begin(new ProxyHeader(0, ProxyHeaderKind.Local), new byte[] { 1, 2, 3 });
        var buffer = new byte[2];

        // Readable without waiting, as an empty buffer asks.
        Assert.Equal(new ReceiveResult(0, ReceiveStatus.Received), await connection.ReceiveAsync(Memory<byte>.Empty));
        Assert.Equal(new ReceiveResult(2, ReceiveStatus.Received), await connection.ReceiveAsync(buffer));
        Assert.Equal([1, 2], buffer);
        Assert.Equal(new ReceiveResult(1, ReceiveStatus.Received), await connection.ReceiveAsync(buffer));
        Assert.Equal(3, buffer[0]);
        _inner.Verify(inner => inner.ReceiveAsync(It.IsAny<Memory<byte>>()), Times.Never);
        _inner.Setup(inner => inner.ReceiveAsync(It.IsAny<Memory<byte>>())).ReturnsAsync(new ReceiveResult(0, ReceiveStatus.End));
        Assert.Equal(new ReceiveResult(0, ReceiveStatus.End), await connection.ReceiveAsync(buffer));
    }
}
