namespace Webserv.Abstractions.Http;

/// <summary>One request and its response. Valid until the task of the outermost middleware ends; never keep it longer.</summary>
/// <remarks>
/// <para>A middleware may hand a context of its own to <c>next</c>, one that wraps the one it got, for example to put another
/// body in front of the response's. Whatever it does not change it passes on to the wrapped one, and
/// <see cref="GetFeature"/> in any case, also for types that it does not know: the server finds its own context through it,
/// and a request whose features are not passed on is answered with 500.</para>
/// <para>The interfaces that the server implements (this one, <see cref="IHttpRequest"/>, <see cref="IHttpResponse"/>,
/// <see cref="IHeaderCollection"/>, those of files, pipelines and features) may gain members within a major version; those that
/// plugins implement never do. A plugin that was compiled before still runs, but a class of it that implements such an
/// interface to wrap the server's has to be compiled again, so that it passes the new member on.</para>
/// </remarks>
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
    /// <typeparam name="TFeature">For example <see cref="IUserFeature"/> or <see cref="ILocalRedirectFeature"/>.</typeparam>
    TFeature? GetFeature<TFeature>()
        where TFeature : class;
}
