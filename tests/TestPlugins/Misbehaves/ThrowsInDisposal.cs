using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;

namespace Webserv.TestPlugins.Misbehaves;

/// <summary>Throws when it is disposed.</summary>
internal sealed class ThrowsInDisposal : IMiddleware, IAsyncDisposable
{
    public Task InvokeAsync(IHttpContext context, RequestDelegate next, CancellationToken cancellation) => next(context, cancellation);

    public async ValueTask DisposeAsync()
    {
        await Task.Yield();
        throw new InvalidOperationException("it cannot be let go");
    }
}
