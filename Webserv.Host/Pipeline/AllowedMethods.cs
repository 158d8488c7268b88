using Webserv.Abstractions.Http;

namespace Webserv.Host.Pipeline;

/// <summary>Answers a request that no middleware took, by what the resource could have been asked with.</summary>
internal static class AllowedMethods
{
    /// <summary>
    /// A method that nobody knows is 501 (RFC 9110 section 9.1). Where the resource has methods, OPTIONS is 204 and any other
    /// 405, both with Allow (sections 9.3.7 and 15.5.6); where it has none, it is 404.
    /// </summary>
    public static Task AnswerAsync(IHttpContext context, IReadOnlyList<string> methods)
    {
        var (method, response) = (context.Request.Method, context.Response);
        if (!HttpMethods.IsKnown(method))
        {
            response.StatusCode = StatusCodes.NotImplemented;
        }
        else if (methods.Count == 0)
        {
            response.StatusCode = StatusCodes.NotFound;
        }
        else
        {
            response.StatusCode = method == HttpMethods.Options ? StatusCodes.NoContent : StatusCodes.MethodNotAllowed;
            response.Headers[Fields.Allow] = Format(methods);
        }

        return Task.CompletedTask;
    }

    private static string Format(IReadOnlyList<string> methods) =>
        string.Join(", ", methods.Contains(HttpMethods.Options) ? methods : methods.Append(HttpMethods.Options));
}
