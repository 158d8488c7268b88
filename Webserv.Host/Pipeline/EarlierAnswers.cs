using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;
using Webserv.Host.Http1;

namespace Webserv.Host.Pipeline;

/// <summary>
/// The answers to requests that were pipelined before the current one. They are gathered to go out together, but must not wait for
/// a middleware that may wait for others (RFC 9112 section 9.3.2): it is called when they are out.
/// </summary>
internal static class EarlierAnswers
{
    /// <summary>Runs a middleware where its caller is, after what is gathered was sent.</summary>
    /// <param name="middleware">It.</param>
    /// <param name="host">The request.</param>
    /// <param name="context">The request as the middleware is to see it.</param>
    /// <param name="next">What is behind it.</param>
    /// <param name="cancellation">Its token.</param>
    public static Task SendAndInvokeAsync(
        IMiddleware middleware, Http1Context host, IHttpContext context, RequestDelegate next, CancellationToken cancellation)
    {
        var sent = host.Output.FlushAsync();
        return sent.IsCompletedSuccessfully
            ? middleware.InvokeAsync(context, next, cancellation)
            : WaitAndInvokeAsync(sent, middleware, context, next, cancellation);
    }

    private static async Task WaitAndInvokeAsync(
        ValueTask sent, IMiddleware middleware, IHttpContext context, RequestDelegate next, CancellationToken cancellation)
    {
        await sent.ConfigureAwait(false);
        await middleware.InvokeAsync(context, next, cancellation).ConfigureAwait(false);
    }
}
