using Webserv.Abstractions.Http;

namespace Webserv.Abstractions.Pipeline;

/// <summary>The rest of a pipeline: everything that comes after the middleware that received it.</summary>
/// <param name="context">The request being served.</param>
/// <param name="cancellation">
/// Cancelled when the client is gone, a limit of time is over, or the server gives up waiting while it stops.
/// </param>
/// <returns>A task that ends when the rest of the pipeline is done with the request.</returns>
public delegate Task RequestDelegate(IHttpContext context, CancellationToken cancellation);
