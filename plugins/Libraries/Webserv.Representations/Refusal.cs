using Webserv.Abstractions.Http;

namespace Webserv.Representations;

/// <summary>Makes answers to requests for a file that cannot be as the client wants it.</summary>
internal static class Refusal
{
    /// <summary>Makes one.</summary>
    /// <param name="statusCode">Its status.</param>
    /// <param name="varies">Whether it depends on Accept-Encoding.</param>
    public static HttpException Create(int statusCode, bool varies)
    {
        var refusal = new HttpException(statusCode);
        if (varies)
        {
            refusal.Headers[Fields.Vary] = Fields.AcceptEncoding;
        }

        return refusal;
    }
}
