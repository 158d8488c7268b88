using Webserv.Abstractions.Http;

namespace Webserv.Gateway;

/// <summary>
/// What a script learns of the request that another script answered with a local redirect (RFC 3875 section 6.2.2), as Apache
/// has it: <c>REDIRECT_URL</c>, <c>REDIRECT_QUERY_STRING</c>, and a <c>REQUEST_URI</c> that is still the client's.
/// </summary>
internal sealed class Redirection
{
    // By name and of types that all share: the other script may belong to another plugin, with its own copy of this class.
    private const string Key = "Webserv.Gateway.Redirection";

    private Redirection(string path, string query, string requestUri) => (Path, Query, RequestUri) = (path, query, requestUri);

    /// <summary>The path, decoded, that led here.</summary>
    public string Path { get; }

    /// <summary>The query of that path.</summary>
    public string Query { get; }

    /// <summary>What the client asked for in the first place.</summary>
    public string RequestUri { get; }

    /// <summary>Says that the request is about to be redirected.</summary>
    public static void Remember(IHttpContext context)
    {
        var request = context.Request;
        context.Items[Key] = (string[])[request.Path, request.Query, Of(context)?.RequestUri ?? request.RawTarget];
    }

    /// <summary>What led to the request, or <see langword="null"/> where it is the client's own.</summary>
    public static Redirection? Of(IHttpContext context) =>
        context.Items.TryGetValue(Key, out var value) && value is string[] { Length: 3 } redirection
            ? new Redirection(redirection[0], redirection[1], redirection[2])
            : null;
}
