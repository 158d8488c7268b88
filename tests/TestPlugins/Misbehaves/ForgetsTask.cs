using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;

namespace Webserv.TestPlugins.Misbehaves;

/// <summary>Leaves a task behind that fails.</summary>
internal sealed class ForgetsTask : IMiddleware
{
    public Task InvokeAsync(IHttpContext context, RequestDelegate next, CancellationToken cancellation)
    {
        _ = FailAsync();
        return Task.CompletedTask;
    }

    private static async Task FailAsync()
    {
        await Task.Yield();
        throw new InvalidOperationException("nobody looked");
    }
}
