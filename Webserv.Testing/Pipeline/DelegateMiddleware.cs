using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;

namespace Webserv.Testing.Pipeline;

/// <summary>A middleware that a test writes in place.</summary>
internal sealed class DelegateMiddleware(Func<IHttpContext, RequestDelegate, CancellationToken, Task> invoke) : IMiddleware
{
    public Task InvokeAsync(IHttpContext context, RequestDelegate next, CancellationToken cancellation) => invoke(context, next, cancellation);
}
