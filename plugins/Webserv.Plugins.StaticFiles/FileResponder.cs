using Microsoft.Extensions.Primitives;
using Webserv.Abstractions.Files;
using Webserv.Abstractions.Http;

namespace Webserv.Plugins.StaticFiles;

/// <summary>Answers GET and HEAD with a file that was found: conditions, ranges, fields, content.</summary>
internal sealed class FileResponder(StaticFilesOptions options, IDocumentRoot root, TimeProvider time)
{
    private readonly ContentTypes _contentTypes = new(options);
    private readonly RangeResponder _ranges = new(options.MaxRanges);
    private readonly CachePolicy _caching = new(options, root, time);
    private readonly KeyValuePair<string, StringValues>[] _extraFields = [.. options.GetExtraFields()];

    /// <summary>Answers with a file.</summary>
    /// <param name="context">A request whose method is GET or HEAD.</param>
    /// <param name="file">An entry whose kind is <see cref="FileKind.File"/>.</param>
    /// <param name="cancellation">Cancelled when nobody waits for the answer any more.</param>
    public Task RespondAsync(IHttpContext context, IFileEntry file, CancellationToken cancellation)
    {
        var fields = context.Request.Headers;
        var precondition = Preconditions.Evaluate(fields, file, time);
        if (precondition == Precondition.Failed)
        {
            return Task.FromException(new HttpException(StatusCodes.PreconditionFailed));
        }

        var response = context.Response;
        var answer = response.Headers;
        if (precondition == Precondition.NotModified)
        {
            response.StatusCode = StatusCodes.NotModified;
            SetFields(answer, file);
            return Task.CompletedTask;
        }

        var contentType = _contentTypes.Find(file.PhysicalPath);
        if (contentType.Length > 0)
        {
            answer[Fields.ContentType] = contentType;
        }

        SetFields(answer, file);
        answer[Fields.AcceptRanges] = _ranges.AcceptRanges;

        // Range has a meaning for GET only (RFC 9110 section 14.2).
        return fields.Contains(Fields.Range) && context.Request.Method == HttpMethods.Get && Preconditions.AllowRange(fields, file, time)
            ? _ranges.RespondAsync(context, file, contentType, cancellation)
            : response.SendFileAsync(file, 0, file.Length, cancellation);
    }

    private void SetFields(IHeaderCollection answer, IFileEntry file)
    {
        answer[Fields.LastModified] = file.LastModifiedField;
        answer[Fields.ETag] = file.EntityTag;
        _caching.Apply(answer, file);
        foreach (var (name, value) in _extraFields)
        {
            answer[name] = value;
        }
    }
}
