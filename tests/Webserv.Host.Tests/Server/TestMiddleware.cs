using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;

namespace Webserv.Host.Tests.Server;

/// <summary>A middleware that is a delegate; tells when it was disposed.</summary>
internal sealed class TestMiddleware(Func<IHttpContext, RequestDelegate, CancellationToken, Task> handler, Action disposed) : IMiddleware, IDisposable
{
    public Task InvokeAsync(IHttpContext context, RequestDelegate next, CancellationToken cancellation) => handler(context, next, cancellation);

    public void Dispose() => disposed();
}
