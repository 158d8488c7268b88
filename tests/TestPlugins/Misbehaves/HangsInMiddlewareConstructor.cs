using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;

namespace Webserv.TestPlugins.Misbehaves;

/// <summary>Is not made before a test lets it: the test says so by an <see cref="Action"/> of this name.</summary>
internal sealed class HangsInMiddlewareConstructor : IMiddleware
{
    public HangsInMiddlewareConstructor() => ((Action)AppContext.GetData("Webserv.Tests.HangInConstructor")!)();

    public Task InvokeAsync(IHttpContext context, RequestDelegate next, CancellationToken cancellation) => next(context, cancellation);
}
