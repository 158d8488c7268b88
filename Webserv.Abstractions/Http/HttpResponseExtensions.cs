using System.Text;

namespace Webserv.Abstractions.Http;

/// <summary>Short ways to answer.</summary>
public static class HttpResponseExtensions
{
    /// <summary>
    /// Answers with a text in UTF-8. Sets Content-Type where it is not set yet, and the length where the response has not
    /// started.
    /// </summary>
    /// <param name="response">The response.</param>
    /// <param name="text">The whole body.</param>
    /// <param name="contentType">The media type with its charset.</param>
    /// <param name="cancellation">Cancelled when nobody waits for the answer any more.</param>
    public static async Task WriteTextAsync(
        this IHttpResponse response,
        string text,
        string contentType = "text/plain; charset=utf-8",
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(response);
        var bytes = Encoding.UTF8.GetBytes(text);
        if (!response.HasStarted)
        {
            if (!response.Headers.Contains(Fields.ContentType))
            {
                response.Headers[Fields.ContentType] = contentType;
            }

            response.ContentLength = bytes.Length;
        }

        await response.Body.WriteAsync(bytes, cancellation).ConfigureAwait(false);
    }

    /// <summary>Answers with a redirect to a location, without a body.</summary>
    /// <param name="response">A response that has not started.</param>
    /// <param name="location">A URI reference (RFC 9110 section 10.2.2), already percent-encoded.</param>
    /// <param name="statusCode">301, 302, 303, 307 or 308.</param>
    public static void Redirect(this IHttpResponse response, string location, int statusCode = StatusCodes.Found)
    {
        ArgumentNullException.ThrowIfNull(response);
        response.StatusCode = statusCode;
        response.Headers[Fields.Location] = location;
        response.ContentLength = 0;
    }
}
