using Microsoft.Extensions.Options;
using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;

namespace Webserv.Plugins.Hello;

/// <summary>Answers GET and HEAD with a greeting to whoever is named in the query: <c>/hello?name=Ada</c>. The example to copy from.</summary>
/// <param name="options">The options of the entry that this instance was made for.</param>
/// <remarks>
/// One instance serves many requests at once: it keeps nothing of a request in its fields. It is marked
/// <see cref="NonBlockingAttribute"/> because it neither waits nor computes for long; leave the mark out when in doubt.
/// </remarks>
[NonBlocking(ReleasesContext = true, AnswersAtOnce = true)]
public sealed class HelloMiddleware(IOptions<HelloOptions> options) : IMiddleware
{
    private readonly string _greeting = options.Value.Greeting;
    private readonly string _name = options.Value.Name;

    /// <inheritdoc/>
    public Task InvokeAsync(IHttpContext context, RequestDelegate next, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(next);

        // Not mine: the rest of the pipeline has it. If nobody there has, OPTIONS and 405 tell what is answered here.
        if (!HttpMethods.IsGetOrHead(context.Request.Method))
        {
            context.GetFeature<IAllowedMethodsFeature>()?.Add(HttpMethods.Get, HttpMethods.Head);
            return next(context, cancellation);
        }

        // A status other than 200, an error page and all, would be: throw new HttpException(StatusCodes.NotFound).
        // For HEAD the server counts the body and throws it away.
        var name = QueryString.Find(context.Request.Query, "name") ?? _name;
        return context.Response.WriteTextAsync($"{_greeting}, {name}!\n", cancellation: cancellation);
    }
}
