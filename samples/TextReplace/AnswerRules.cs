using System.Net.Http.Headers;
using Webserv.Abstractions.Http;

namespace Webserv.Samples.TextReplace;

/// <summary>Says which answers are changed, and why others of the right media type are not.</summary>
internal sealed class AnswerRules(IEnumerable<string> contentTypes)
{
    // What describes the bytes as they were, and is wrong for others.
    private static readonly string[] FieldsOfContent =
        [Fields.ETag, Fields.LastModified, Fields.AcceptRanges, "Content-MD5", "Digest", "Content-Digest", "Repr-Digest"];

    private readonly HashSet<string> _contentTypes = new(contentTypes, StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether an answer is changed.</summary>
    /// <param name="response">A response that has not started.</param>
    /// <param name="reason">Why not, where its media type is one of those that are.</param>
    public bool Allow(IHttpResponse response, out string? reason)
    {
        reason = null;
        if (!MediaTypeHeaderValue.TryParse(response.Headers[Fields.ContentType], out var type) || !_contentTypes.Contains(type.MediaType ?? ""))
        {
            return false;
        }

        var encoding = response.Headers[Fields.ContentEncoding].ToString();
        reason =
            response.StatusCode is StatusCodes.PartialContent ? "it is a part of something"
            : response.StatusCode is StatusCodes.NoContent or StatusCodes.NotModified ? "it has no content"
            : encoding.Length > 0 && !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase) ? $"its Content-Encoding is {encoding}"
            : type.CharSet?.Trim('"') is { } charset && !IsUtf8(charset) ? $"its charset is {charset}"
            : response.Headers[Fields.CacheControl].ToString().Contains("no-transform", StringComparison.OrdinalIgnoreCase) ? "its Cache-Control is no-transform"
            : null;
        return reason is null;
    }

    /// <summary>Takes away what is not true of the changed content. Without validators nobody can put parts of the two together.</summary>
    public static void RemoveFields(IHttpResponse response)
    {
        response.ContentLength = null;
        foreach (var name in FieldsOfContent)
        {
            response.Headers[name] = default;
        }
    }

    private static bool IsUtf8(string charset) =>
        charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) || charset.Equals("us-ascii", StringComparison.OrdinalIgnoreCase);
}
