using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;

namespace Webserv.TestPlugins.Misbehaves;

/// <summary>Begins what nobody can wait for, and what throws.</summary>
internal sealed class ThrowsInAsyncVoid : IMiddleware
{
    public Task InvokeAsync(IHttpContext context, RequestDelegate next, CancellationToken cancellation)
    {
        Begin();
        return Task.CompletedTask;
    }

    private static async void Begin()
    {
        await Task.Yield();
        throw new InvalidOperationException("nobody is there");
    }
}
