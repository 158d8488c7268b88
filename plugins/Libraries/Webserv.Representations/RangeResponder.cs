using System.Globalization;
using Microsoft.Extensions.Primitives;
using Webserv.Abstractions.Files;
using Webserv.Abstractions.Http;

namespace Webserv.Representations;

/// <summary>Answers a Range field with the parts that it asks for (RFC 9110 section 14).</summary>
/// <param name="maxRanges">The most ranges of a request; 0 to answer none.</param>
internal sealed class RangeResponder(int maxRanges)
{
    /// <summary>The most that may be configured: the ranges of a request are gathered on the stack.</summary>
    public const int MostRanges = 256;

    private readonly ContentRangeCache _contentRanges = new();

    /// <summary>What Accept-Ranges says (RFC 9110 section 14.3).</summary>
    public string AcceptRanges { get; } = maxRanges > 0 ? "bytes" : "none";

    /// <summary>Answers a request with a file or with parts of it. Every field but those of the parts is set.</summary>
    /// <param name="context">A request whose conditions hold, If-Range among them.</param>
    /// <param name="field">The Range field that is answered.</param>
    /// <param name="file">The file.</param>
    /// <param name="contentType">Its media type; empty for none.</param>
    /// <param name="varies">Whether the answer depends on Accept-Encoding.</param>
    /// <param name="cancellation">Cancelled when nobody waits for the answer any more.</param>
    public Task RespondAsync(
        IHttpContext context, StringValues field, IFileEntry file, string contentType, bool varies, CancellationToken cancellation)
    {
        var response = context.Response;
        Span<ByteRange> ranges = stackalloc ByteRange[maxRanges];
        switch (RangeField.Evaluate(field, file.Length, ranges, out var count))
        {
            case RangeOutcome.NotSatisfiable:
                return Refuse(file.Length, varies);
            case RangeOutcome.Part:
                response.StatusCode = StatusCodes.PartialContent;
                response.Headers[Fields.ContentRange] = _contentRanges.Get(ranges[0], file.Length);
                return response.SendFileAsync(file, ranges[0].Offset, ranges[0].Count, cancellation);
            case RangeOutcome.Parts when !response.Headers.Contains(Fields.ContentEncoding):
                var parts = new MultipartRanges(file, ranges[..count].ToArray(), contentType);
                response.StatusCode = StatusCodes.PartialContent;
                response.Headers[Fields.ContentType] = parts.ContentType;
                response.ContentLength = parts.Length;
                return parts.SendAsync(response, cancellation);
            case RangeOutcome.Parts: // Content-Encoding would be that of the multipart body, which is not coded.
            case RangeOutcome.Whole:
            default:
                return response.SendFileAsync(file, 0, file.Length, cancellation);
        }
    }

    private static Task Refuse(long length, bool varies)
    {
        var refusal = Refusal.Create(StatusCodes.RangeNotSatisfiable, varies);
        refusal.Headers[Fields.ContentRange] = string.Create(CultureInfo.InvariantCulture, $"bytes */{length}");
        return Task.FromException(refusal);
    }
}
