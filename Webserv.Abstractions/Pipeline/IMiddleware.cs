using Webserv.Abstractions.Http;

namespace Webserv.Abstractions.Pipeline;

/// <summary>
/// Answers requests, or looks at them on their way to whoever does. One instance is made for every entry of a
/// pipeline that names it, with that entry's options, and it serves many requests at once: keep what belongs to a
/// request in locals or in <see cref="IHttpContext.Items"/>.
/// </summary>
/// <remarks>
/// <para>Its constructor may ask for <c>IOptions&lt;TOptions&gt;</c>, <see cref="IPipelineEntry"/>,
/// <c>ILogger&lt;T&gt;</c>, <see cref="TimeProvider"/>, <see cref="Files.IOpenFileCache"/>,
/// <see cref="IO.IPipeStreams"/> and everything that its plugin registered.</para>
/// <para>A middleware that also implements <see cref="Plugins.IAsyncInitializer"/>, <see cref="IAsyncDisposable"/> or
/// <see cref="IDisposable"/> is initialised before the pipeline takes its first request and disposed after its last.</para>
/// </remarks>
public interface IMiddleware
{
    /// <summary>Serves one request.</summary>
    /// <param name="context">The request and its response; valid until the returned task ends.</param>
    /// <param name="next">The rest of the pipeline. Return its task for a request that is not yours.</param>
    /// <param name="cancellation">Cancelled when nobody waits for the answer any more.</param>
    /// <exception cref="HttpException">Thrown to end the request with a status and its error page.</exception>
    Task InvokeAsync(IHttpContext context, RequestDelegate next, CancellationToken cancellation);
}
