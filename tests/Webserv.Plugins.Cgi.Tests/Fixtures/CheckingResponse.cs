using Moq;
using Webserv.Abstractions.Http;
using Webserv.Testing.Http;

namespace Webserv.Plugins.Cgi.Tests.Fixtures;

/// <summary>A response whose body is looked at as it comes and not kept.</summary>
internal sealed class CheckingResponse : Stream
{
    private readonly Action<ReadOnlyMemory<byte>, CancellationToken> _written;

    private CheckingResponse(Action<ReadOnlyMemory<byte>, CancellationToken> written) => _written = written;

    public long Count { get; private set; }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>The context with such a response in place of its own.</summary>
    public static (IHttpContext Context, CheckingResponse Body) Replace(TestHttpContext context, Action<ReadOnlyMemory<byte>, CancellationToken> written)
    {
        var body = new CheckingResponse(written);
        var response = new Mock<IHttpResponse>();
        response.SetupAllProperties();
        response.SetupGet(static r => r.Headers).Returns(context.Response.Headers);
        response.SetupGet(static r => r.Body).Returns(body);
        response.SetupGet(static r => r.HasStarted).Returns(() => body.Count > 0);
        var replaced = new Mock<IHttpContext>();
        replaced.SetupGet(static c => c.Request).Returns(context.Request);
        replaced.SetupGet(static c => c.Response).Returns(response.Object);
        replaced.SetupGet(static c => c.Connection).Returns(context.Connection);
        replaced.SetupGet(static c => c.VirtualServer).Returns(context.VirtualServer);
        replaced.SetupGet(static c => c.TraceId).Returns(context.TraceId);
        replaced.SetupGet(static c => c.Items).Returns(context.Items);
        return (replaced.Object, body);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _written(buffer, cancellationToken);
        Count += buffer.Length;
        return ValueTask.CompletedTask;
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
