using Webserv.Abstractions.Http;

namespace Webserv.Plugins.BrowserRefresh;

/// <summary>The request as those behind see it: all of the client's, but for some fields.</summary>
internal sealed class PageRequest(IHttpRequest inner) : IHttpRequest
{
    public string Method => inner.Method;

    public string Scheme => inner.Scheme;

    public string Host => inner.Host;

    public string Path => inner.Path;

    public string RawTarget => inner.RawTarget;

    public string Query => inner.Query;

    public Version HttpVersion => inner.HttpVersion;

    public IHeaderCollection Headers { get; } = new PageFields(inner.Headers);

    public long? ContentLength => inner.ContentLength;

    public Stream Body => inner.Body;

    public long? MaxBodySize
    {
        get => inner.MaxBodySize;
        set => inner.MaxBodySize = value;
    }
}
