using Microsoft.Extensions.Primitives;

namespace Webserv.Abstractions.Http;

/// <summary>Ends a request with a status and that status' error page. It is an answer, not a failure: it is not logged as an error.</summary>
public sealed class HttpException : Exception
{
    /// <summary>Makes an exception that answers with a status.</summary>
    /// <param name="statusCode">300 to 599.</param>
    /// <param name="reason">What the log says about it; never shown to the client.</param>
    /// <param name="innerException">What led to it, if anything.</param>
    /// <exception cref="ArgumentOutOfRangeException">The status is outside 300 to 599.</exception>
    public HttpException(int statusCode, string? reason = null, Exception? innerException = null)
        : base(reason ?? StatusCodes.GetReasonPhrase(statusCode), innerException)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(statusCode, 300);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(statusCode, 599);
        StatusCode = statusCode;
    }

    /// <summary>The status to answer with.</summary>
    public int StatusCode { get; }

    /// <summary>
    /// Fields to send with the error page, for example Allow or Retry-After. Several values become several lines, as for two
    /// challenges in WWW-Authenticate. The rules are those of <see cref="IHttpResponse.Headers"/>.
    /// </summary>
    public IDictionary<string, StringValues> Headers { get; } = new Dictionary<string, StringValues>(StringComparer.OrdinalIgnoreCase);
}
