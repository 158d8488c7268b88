namespace Webserv.Abstractions.Http;

/// <summary>Lets a middleware answer with what another path of the same virtual server answers (RFC 3875 section 6.2.2).</summary>
public interface ILocalRedirectFeature
{
    /// <summary>
    /// Sends the request through the pipeline again, as a GET without a body (a HEAD stays one) for another target. Fields
    /// and status that were set on the response are cleared.
    /// </summary>
    /// <param name="pathAndQuery">An absolute path, percent-encoded, optionally with a query.</param>
    /// <param name="cancellation">Cancelled when nobody waits for the answer any more.</param>
    /// <exception cref="HttpException">500 when redirects follow each other more than ten deep or the target is malformed.</exception>
    /// <exception cref="InvalidOperationException">The response has started.</exception>
    Task RedirectAsync(string pathAndQuery, CancellationToken cancellation);
}
