using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Webserv.Abstractions.Http;

namespace Webserv.Plugins.StaticFiles;

/// <summary>
/// Answers a request for another case of a name as one for the name as it is on disk: through the whole pipeline, so that every
/// entry before (a guard, the one that runs scripts) sees the path that the file really has. A file would otherwise be had
/// around them.
/// </summary>
internal sealed class NameRedirects
{
    // By the request-target that was made for the way through the pipeline: the same object, and so that very request.
    private readonly ConcurrentDictionary<string, KeptConditions> _underWay = new(ReferenceEqualityComparer.Instance);

    /// <summary>Whether a request is one that was sent here; then its conditions and ranges are these. It does not allocate.</summary>
    public bool TryGetConditions(IHttpRequest request, [NotNullWhen(true)] out KeptConditions? conditions) =>
        _underWay.TryGetValue(request.RawTarget, out conditions);

    /// <summary>Sends a request through the pipeline again, or the client to the other name where the server cannot do that.</summary>
    /// <param name="context">A request whose method is GET or HEAD.</param>
    /// <param name="name">The path as the names on disk are.</param>
    /// <param name="cancellation">Cancelled when nobody waits for the answer any more.</param>
    public Task SendAsync(IHttpContext context, string name, CancellationToken cancellation)
    {
        var target = DirectoryLocation.Create(context.Request, name);
        if (context.GetFeature<ILocalRedirectFeature>() is { } pipeline)
        {
            return SendAsync(context.Request, pipeline, target, cancellation);
        }

        context.Response.Redirect(target, StatusCodes.MovedPermanently);
        return Task.CompletedTask;
    }

    private async Task SendAsync(IHttpRequest request, ILocalRedirectFeature pipeline, string target, CancellationToken cancellation)
    {
        // Read before: the pipeline hides them from whatever else may answer.
        _underWay[target] = new KeptConditions(request.Headers);
        try
        {
            await pipeline.RedirectAsync(target, cancellation);
        }
        finally
        {
            _underWay.TryRemove(target, out _);
        }
    }
}
