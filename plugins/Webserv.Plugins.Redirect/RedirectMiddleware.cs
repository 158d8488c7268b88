using Microsoft.Extensions.Options;
using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;

namespace Webserv.Plugins.Redirect;

/// <summary>Answers every request that reaches it with a redirect (RFC 9110 section 15.4).</summary>
[NonBlocking(ReleasesContext = true, AnswersAtOnce = true)]
public sealed class RedirectMiddleware : IMiddleware
{
    private readonly IPipelineEntry _entry;
    private readonly int _status;
    private readonly string _path;
    private readonly string _query;
    private readonly string _fragment;
    private readonly bool _appendsRest;

    /// <summary>Makes the middleware of one entry.</summary>
    /// <param name="options">Valid options.</param>
    /// <param name="entry">The entry, whose <c>When.Path</c> tells what is appended.</param>
    public RedirectMiddleware(IOptions<RedirectOptions> options, IPipelineEntry entry)
    {
        ArgumentNullException.ThrowIfNull(options);
        _entry = entry;
        _status = options.Value.Status;

        var to = options.Value.To;
        var fragment = to.IndexOf('#', StringComparison.Ordinal) is var hash and >= 0 ? hash : to.Length;
        var query = to.IndexOf('?', 0, fragment) is var question and >= 0 ? question : fragment;
        (_path, _query, _fragment) = (to[..query], to[query..fragment], to[fragment..]);
        _appendsRest = _path.EndsWith('/');
    }

    /// <inheritdoc/>
    public Task InvokeAsync(IHttpContext context, RequestDelegate next, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.Response.Redirect(GetLocation(context.Request), _status);
        return Task.CompletedTask;
    }

    private string GetLocation(IHttpRequest request)
    {
        // UriPath leaves one slash at the beginning: with To "/", a request for /old//host never becomes //host.
        var rest = _appendsRest ? UriPath.Encode(_entry.GetPathBelowMatch(request.Path))[1..] : "";
        var query = _query.Length > 0 || request.Query.Length == 0 ? _query : "?" + EncodeQuery(request.Query);
        return string.Concat(_path, rest, query, _fragment);
    }

    /// <summary>A query stays as it was sent, apart from what no URI may hold (RFC 3986 section 3.4).</summary>
    private static string EncodeQuery(string query) =>
        query.AsSpan().ContainsAnyExcept(UriCharacters.InQuery)
            ? string.Concat(query.EnumerateRunes().Select(rune =>
                rune.IsAscii && UriCharacters.InQuery.Contains((char)rune.Value)
                    ? rune.ToString()
                    : Uri.EscapeDataString(rune.ToString())))
            : query;
}
