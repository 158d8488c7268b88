namespace Webserv.Abstractions.Plugins;

/// <summary>
/// Implemented by a middleware, or by a singleton service of a plugin registered under this interface, that has work to
/// do before the first request: it is awaited before the pipeline goes live, and a failure is reported as an error of
/// configuration. Clean-up is <see cref="IAsyncDisposable"/>.
/// </summary>
public interface IAsyncInitializer
{
    /// <summary>Prepares the instance.</summary>
    /// <param name="cancellation">Cancelled when the start is abandoned.</param>
    Task InitializeAsync(CancellationToken cancellation);
}
