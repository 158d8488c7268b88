using Webserv.Abstractions.Files;
using Webserv.Abstractions.Http;
using Webserv.Representations;

namespace Webserv.Gateway.SendFile;

/// <summary>Answers with a file that a script named, in the words of the script: its status and fields are there already.</summary>
internal sealed class FileAnswer(TimeProvider time)
{
    private const int MaxRanges = 32;
    private const string DefaultContentType = "application/octet-stream";

    private readonly RangeResponder _ranges = new(MaxRanges);

    /// <summary>Sends the file, or what the request's conditions and ranges ask for of it.</summary>
    /// <exception cref="HttpException">412 or 416.</exception>
    public Task SendAsync(IHttpContext context, IFileEntry file, CancellationToken cancellation)
    {
        var (request, response) = (context.Request, context.Response);
        var answer = response.Headers;
        if (answer[Fields.ContentType].Count == 0)
        {
            answer[Fields.ContentType] = DefaultContentType;
        }

        // Those of the script cannot be meant for the file's bytes.
        answer[Fields.ContentRange] = default;
        answer[Fields.LastModified] = file.LastModifiedField;
        answer[Fields.ETag] = file.EntityTag;
        if (response.StatusCode != StatusCodes.Ok || !HttpMethods.IsGetOrHead(request.Method))
        {
            return response.SendFileAsync(file, 0, file.Length, cancellation);
        }

        switch (Preconditions.Evaluate(request.Headers, file, time))
        {
            case Precondition.Failed:
                return Task.FromException(Refusal.Create(StatusCodes.PreconditionFailed, varies: false));
            case Precondition.NotModified:
                response.StatusCode = StatusCodes.NotModified;
                answer[Fields.ContentType] = default;
                return Task.CompletedTask;
            default:
                break;
        }

        answer[Fields.AcceptRanges] = _ranges.AcceptRanges;
        return request.Method == HttpMethods.Get && request.Headers.Contains(Fields.Range) && Preconditions.AllowRange(request.Headers, file, time)
            ? _ranges.RespondAsync(context, request.Headers[Fields.Range], file, answer[Fields.ContentType].ToString(), varies: false, cancellation)
            : response.SendFileAsync(file, 0, file.Length, cancellation);
    }
}
