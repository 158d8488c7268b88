namespace Webserv.Abstractions.Http;

/// <summary>One request and its response. Valid until the task of the outermost middleware ends; never keep it longer.</summary>
public interface IHttpContext
{
    /// <summary>The request.</summary>
    IHttpRequest Request { get; }

    /// <summary>The response.</summary>
    IHttpResponse Response { get; }

    /// <summary>The connection that the request came in on.</summary>
    IConnectionInfo Connection { get; }

    /// <summary>The virtual server that was chosen for the request.</summary>
    IVirtualServer VirtualServer { get; }

    /// <summary>An id of the request, unique in the life of the server; it stands in log entries and on error pages.</summary>
    string TraceId { get; }

    /// <summary>Values that middleware of this request hand to each other. Made when first asked for.</summary>
    IDictionary<object, object?> Items { get; }

    /// <summary>Gets an optional capability of the server, or <see langword="null"/> where it is not available.</summary>
    /// <typeparam name="TFeature">For example <see cref="ILocalRedirectFeature"/>.</typeparam>
    TFeature? GetFeature<TFeature>()
        where TFeature : class;
}
