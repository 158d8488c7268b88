using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;
using Webserv.Host.Http1;

namespace Webserv.Host.Pipeline;

/// <summary>Starts a middleware that may block on the thread pool, so that it costs its own requests and nobody else's.</summary>
internal static class OffLoopMiddleware
{
    /// <summary>Runs a middleware, off the event loop where the caller is on one.</summary>
    public static Task InvokeAsync(IMiddleware middleware, IHttpContext context, RequestDelegate next, CancellationToken cancellation)
    {
        var host = Http1Context.From(context);
        return host.IsOnEventLoop || host.Output.Count > 0
            ? HopAsync(middleware, host, context, next, cancellation)
            : middleware.InvokeAsync(context, next, cancellation);
    }

    private static async Task HopAsync(
        IMiddleware middleware, Http1Context host, IHttpContext context, RequestDelegate next, CancellationToken cancellation)
    {
        // Answers to requests that were pipelined before this one must not wait for it.
        await host.Output.FlushAsync().ConfigureAwait(false);
        await Task.Run(() => middleware.InvokeAsync(context, next, cancellation), CancellationToken.None).ConfigureAwait(false);
    }
}
