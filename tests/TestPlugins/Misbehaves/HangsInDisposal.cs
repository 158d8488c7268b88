using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;

namespace Webserv.TestPlugins.Misbehaves;

/// <summary>Is not disposed before a test lets it: the test says so by a function of this name.</summary>
internal sealed class HangsInDisposal : IMiddleware, IAsyncDisposable
{
    public Task InvokeAsync(IHttpContext context, RequestDelegate next, CancellationToken cancellation) => next(context, cancellation);

    public async ValueTask DisposeAsync() => await ((Func<Task>)AppContext.GetData("Webserv.Tests.HangInDisposal")!)();
}
