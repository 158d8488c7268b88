using System.Globalization;
using Microsoft.Extensions.Primitives;
using Webserv.Abstractions.Files;
using Webserv.Abstractions.Http;

namespace Webserv.Plugins.StaticFiles;

/// <summary>Answers GET and HEAD with a file that was found: conditions, range, fields, content.</summary>
internal sealed class FileResponder(StaticFilesOptions options, TimeProvider time)
{
    private readonly ContentTypes _contentTypes = new(options);
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

        var offset = 0L;
        var count = file.Length;

        // Range has a meaning for GET only (RFC 9110 section 14.2).
        var range = fields[Fields.Range];
        if (range.Count > 0 && context.Request.Method == HttpMethods.Get && Preconditions.AllowRange(fields, file, time))
        {
            switch (ByteRange.Evaluate(range, file.Length, out var part))
            {
                case RangeOutcome.NotSatisfiable:
                    return RefuseRange(file.Length);
                case RangeOutcome.Part:
                    offset = part.Offset;
                    count = part.Count;
                    response.StatusCode = StatusCodes.PartialContent;
                    answer[Fields.ContentRange] = string.Create(
                        CultureInfo.InvariantCulture, $"bytes {offset}-{offset + count - 1}/{file.Length}");
                    break;
                case RangeOutcome.Whole:
                default:
                    break;
            }
        }

        var contentType = _contentTypes.Find(file.PhysicalPath);
        if (contentType.Length > 0)
        {
            answer[Fields.ContentType] = contentType;
        }

        SetFields(answer, file);
        answer[Fields.AcceptRanges] = "bytes";
        return response.SendFileAsync(file, offset, count, cancellation);
    }

    private static Task RefuseRange(long length)
    {
        var refusal = new HttpException(StatusCodes.RangeNotSatisfiable);
        refusal.Headers[Fields.ContentRange] = string.Create(CultureInfo.InvariantCulture, $"bytes */{length}");
        return Task.FromException(refusal);
    }

    private void SetFields(IHeaderCollection answer, IFileEntry file)
    {
        answer[Fields.LastModified] = file.LastModifiedField;
        answer[Fields.ETag] = file.EntityTag;
        foreach (var (name, value) in _extraFields)
        {
            answer[name] = value;
        }
    }
}
