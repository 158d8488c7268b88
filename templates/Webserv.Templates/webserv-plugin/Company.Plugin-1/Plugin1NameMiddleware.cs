using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;

namespace Company.Plugin_1;

#if (filter)
/// <summary>Adds a field to every answer of what comes after it.</summary>
#else
/// <summary>Answers GET and HEAD with a text.</summary>
#endif
/// <remarks>
/// One instance is made for every entry of a pipeline, with the options of that entry, and it serves many requests at once: what
/// belongs to a request stays in locals.
/// </remarks>
public sealed partial class Plugin1NameMiddleware(IOptions<Plugin1NameOptions> options, ILogger<Plugin1NameMiddleware> logger) : IMiddleware
{
#if (filter)
    private readonly string _field = options.Value.Field;
    private readonly string _value = options.Value.Value;

    /// <inheritdoc/>
    public Task InvokeAsync(IHttpContext context, RequestDelegate next, CancellationToken cancellation)
    {
        // Whoever answers may clear the fields before: this one is set when the answer starts.
        context.Response.OnStarting(() =>
        {
            context.Response.Headers[_field] = _value;
            LogMarked(logger, context.Request.Path, context.Response.StatusCode);
            return Task.CompletedTask;
        });
        return next(context, cancellation);
    }

    [LoggerMessage(1, LogLevel.Debug, "{Path} is answered with {Status}")]
    private static partial void LogMarked(ILogger logger, string path, int status);
#else
    private readonly string _text = options.Value.Text + "\n";

    /// <inheritdoc/>
    public Task InvokeAsync(IHttpContext context, RequestDelegate next, CancellationToken cancellation)
    {
        // Not for this one: what comes after it in the pipeline has it. Where nobody answers, OPTIONS and 405 name these methods.
        if (!HttpMethods.IsGetOrHead(context.Request.Method))
        {
            context.GetFeature<IAllowedMethodsFeature>()?.Add(HttpMethods.Get, HttpMethods.Head);
            return next(context, cancellation);
        }

        LogAnswered(logger, context.Request.Path);
        return context.Response.WriteTextAsync(_text, cancellation: cancellation);
    }

    [LoggerMessage(1, LogLevel.Debug, "{Path} is answered")]
    private static partial void LogAnswered(ILogger logger, string path);
#endif
}
