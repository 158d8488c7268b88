using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;
using Webserv.Abstractions.Plugins;

namespace Webserv.Plugins.FastCgi;

/// <summary>What the middleware of this plugin have in common: a service that begins and ends with them.</summary>
internal abstract class ServiceMiddleware(Service service) : IMiddleware, IAsyncInitializer, IAsyncDisposable
{
    /// <summary>What it consists of.</summary>
    internal Service Service => service;

    public virtual Task InitializeAsync(CancellationToken cancellation) => service.StartAsync(cancellation);

    public Task InvokeAsync(IHttpContext context, RequestDelegate next, CancellationToken cancellation) =>
        service.InvokeAsync(context, next, cancellation);

    public ValueTask DisposeAsync() => service.DisposeAsync();
}
