using Webserv.Abstractions.Http;

namespace Webserv.Plugins.BrowserRefresh;

/// <summary>The context as those behind see it: all of the server's, but for the request.</summary>
internal sealed class PageContext(IHttpContext inner) : IHttpContext
{
    public IHttpRequest Request { get; } = new PageRequest(inner.Request);

    public IHttpResponse Response => inner.Response;

    public IConnectionInfo Connection => inner.Connection;

    public IVirtualServer VirtualServer => inner.VirtualServer;

    public string TraceId => inner.TraceId;

    public IDictionary<object, object?> Items => inner.Items;

    public TFeature? GetFeature<TFeature>()
        where TFeature : class => inner.GetFeature<TFeature>();
}
