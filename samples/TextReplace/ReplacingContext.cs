using Webserv.Abstractions.Http;

namespace Webserv.Samples.TextReplace;

/// <summary>The context as those behind see it: all of the server's, but for the response.</summary>
internal sealed class ReplacingContext(IHttpContext inner, IHttpResponse response) : IHttpContext
{
    public IHttpRequest Request => inner.Request;

    public IHttpResponse Response { get; } = response;

    public IConnectionInfo Connection => inner.Connection;

    public IVirtualServer VirtualServer => inner.VirtualServer;

    public string TraceId => inner.TraceId;

    public IDictionary<object, object?> Items => inner.Items;

    public TFeature? GetFeature<TFeature>()
        where TFeature : class => inner.GetFeature<TFeature>();
}
