using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;

namespace Webserv.TestPlugins.Misbehaves;

/// <summary>Counts requests in static state.</summary>
internal sealed class CountsStatically : IMiddleware
{
    private static int _count;

    public Task InvokeAsync(IHttpContext context, RequestDelegate next, CancellationToken cancellation) =>
        context.Response.WriteTextAsync($"{Interlocked.Increment(ref _count)}", cancellation: cancellation);
}
