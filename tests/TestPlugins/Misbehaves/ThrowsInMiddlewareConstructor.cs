using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;

namespace Webserv.TestPlugins.Misbehaves;

/// <summary>Cannot be made.</summary>
internal sealed class ThrowsInMiddlewareConstructor : IMiddleware
{
    public ThrowsInMiddlewareConstructor() => throw new InvalidOperationException("it cannot be made");

    public Task InvokeAsync(IHttpContext context, RequestDelegate next, CancellationToken cancellation) => next(context, cancellation);
}
