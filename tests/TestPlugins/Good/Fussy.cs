using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;

namespace Webserv.TestPlugins.Good;

/// <summary>Does not let itself be made.</summary>
internal sealed class Fussy : IMiddleware
{
    public Fussy() => throw new InvalidOperationException("not like this");

    public Task InvokeAsync(IHttpContext context, RequestDelegate next, CancellationToken cancellation) => next(context, cancellation);
}
