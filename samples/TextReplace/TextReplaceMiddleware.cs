using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Webserv.Abstractions.Files;
using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;

namespace Webserv.Samples.TextReplace;

/// <summary>
/// Replaces text in what the entries behind it answer, while it goes through. Answers of other media types, parts (206), those with a
/// Content-Encoding or a charset other than UTF-8, with <c>no-transform</c>, and files that do not lie below the entry's root stay as they are.
/// </summary>
public sealed partial class TextReplaceMiddleware(
    IOptions<TextReplaceOptions> options, IPipelineEntry entry, IOpenFileCache files, ILogger<TextReplaceMiddleware> logger) : IMiddleware
{
    private readonly Replacements _replacements = new(options.Value.Replace!);
    private readonly AnswerRules _rules = new(options.Value.ContentTypes is { Count: > 0 } types ? types : ["text/html"]);
    private readonly OwnFiles _files = new(files, entry);

    /// <inheritdoc/>
    public async Task InvokeAsync(IHttpContext context, RequestDelegate next, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(next);
        var response = new ReplacingResponse(
            context.Response,
            _replacements,
            _rules,
            _files,
            context.Request.Method == HttpMethods.Head,
            reason => LogUnchanged(logger, context.TraceId, context.Request.Path, reason));
        await next(new ReplacingContext(context, response), cancellation).ConfigureAwait(false);
        await response.CompleteAsync(cancellation).ConfigureAwait(false);
    }

    [LoggerMessage(1, LogLevel.Debug, "{TraceId}: {Path} stays as it is: {Reason}")]
    private static partial void LogUnchanged(ILogger logger, string traceId, string path, string reason);
}
