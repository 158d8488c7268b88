using Moq;
using Webserv.Host.Http1;
using Webserv.Host.Transport;

namespace Webserv.Host.Tests.Http1;

public sealed class Http1RequestBodyTests
{
    private const long Timeout = 30_000;
    private readonly Mock<IEventLoop> _loop = new();
    private readonly Mock<IConnection> _connection = new();
    private readonly Http1RequestBody _body = new(new Http1Input());
    private TaskCompletionSource<ReceiveResult> _receive = new();
    private long _now;
    private long _receivedAt;

    public Http1RequestBodyTests()
    {
        _loop.SetupGet(loop => loop.Milliseconds).Returns(() => _now);
        _connection.SetupGet(connection => connection.Loop).Returns(_loop.Object);
        _connection.SetupGet(connection => connection.ReceivedAt).Returns(() => _receivedAt);
        _connection.SetupProperty(connection => connection.ReceiveDeadline);
        _connection.Setup(connection => connection.ReceiveAsync(It.IsAny<Memory<byte>>())).Returns(() => new ValueTask<ReceiveResult>(_receive.Task));
    }

    [Fact]
    public async Task ReadAsync_ReaderIsLate_ClientDoesNotPayForIt()
    {
        Begin(new MinimumRate(1000, Grace: 1000, MaxCredit: Timeout));
        var read = _body.ReadAsync(new byte[10], CancellationToken.None);

        // The byte is there after 10 ms. There is no thread for who reads until a minute has passed.
        (_receivedAt, _now) = (10, 60_000);
        End(new ReceiveResult(1, ReceiveStatus.Received));
        Assert.Equal(1, await read);
        var next = _body.ReadAsync(new byte[10], CancellationToken.None);

        Assert.Equal(_now + 991, _connection.Object.ReceiveDeadline);
        End(new ReceiveResult(10, ReceiveStatus.Received));
        Assert.Equal(10, await next);
    }

    [Fact]
    public async Task ReadAsync_ClientIsLate_Pays()
    {
        Begin(new MinimumRate(1000, Grace: 1000, MaxCredit: Timeout));
        var read = _body.ReadAsync(new byte[10], CancellationToken.None);

        _receivedAt = _now = 900;
        End(new ReceiveResult(1, ReceiveStatus.Received));
        Assert.Equal(1, await read);
        var next = _body.ReadAsync(new byte[10], CancellationToken.None);

        Assert.Equal(_now + 101, _connection.Object.ReceiveDeadline);
        End(new ReceiveResult(10, ReceiveStatus.Received));
        Assert.Equal(10, await next);
    }

    [Fact]
    public async Task ReadAsync_Cancelled_EndsAndLosesNothing()
    {
        Begin(rate: null);
        using var source = new CancellationTokenSource();
        var read = _body.ReadAsync(new byte[10], source.Token).AsTask();

        await source.CancelAsync();
        Assert.Equal(0, _connection.Object.ReceiveDeadline);
        End(new ReceiveResult(0, ReceiveStatus.TimedOut));
        var cancelled = await Assert.ThrowsAsync<OperationCanceledException>(() => read);
        Assert.Equal(source.Token, cancelled.CancellationToken);

        var next = _body.ReadAsync(new byte[10], CancellationToken.None);
        End(new ReceiveResult(10, ReceiveStatus.Received));
        Assert.Equal(10, await next);
        Assert.False(_body.IsBroken);
    }

    [Fact]
    public async Task ReadAsync_CancellationThatComesWhenItHasEnded_DoesNotReachTheNext()
    {
        Begin(rate: null);
        using var source = new CancellationTokenSource();
        var read = _body.ReadAsync(new byte[10], source.Token);
        End(new ReceiveResult(1, ReceiveStatus.Received));

        // Nobody has awaited it so far.
        var next = _body.ReadAsync(new byte[10], CancellationToken.None);
        await source.CancelAsync();

        Assert.Equal(Timeout, _connection.Object.ReceiveDeadline);
        End(new ReceiveResult(10, ReceiveStatus.Received));
        Assert.Equal(1, await read);
        Assert.Equal(10, await next);
    }

    private void Begin(MinimumRate? rate) =>
        _body.Begin(_connection.Object, new Http1RequestHead { ContentLength = 1000 }, Timeout, rate, maxSize: null);

    private void End(ReceiveResult result)
    {
        var receive = _receive;
        _receive = new TaskCompletionSource<ReceiveResult>();
        receive.SetResult(result);
    }
}
