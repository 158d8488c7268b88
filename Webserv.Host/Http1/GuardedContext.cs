using System.Security.Principal;
using Webserv.Abstractions.Http;

namespace Webserv.Host.Http1;

/// <summary>
/// A request as middleware see it that have not promised to let go of it (<see cref="Abstractions.Pipeline.NonBlockingAttribute.ReleasesContext"/>).
/// Made for one request; passes everything on to the reused context behind it, and nothing once the request is over.
/// </summary>
internal sealed class GuardedContext(Http1Context context, RequestGate gate)
    : IHttpContext, ILocalRedirectFeature, IUserFeature, IAllowedMethodsFeature, IRequestTrailersFeature
{
    private GuardedRequest? _request;
    private GuardedResponse? _response;

    /// <summary>Who may come in.</summary>
    public RequestGate Gate => gate;

    /// <inheritdoc />
    public IHttpRequest Request => _request ??= new GuardedRequest(context.Request, context.RequestBody, gate);

    /// <inheritdoc />
    public IHttpResponse Response => _response ??= new GuardedResponse(context.Response, gate);

    /// <inheritdoc />
    public IConnectionInfo Connection
    {
        get
        {
            using var pass = gate.Enter();
            return context.Connection;
        }
    }

    /// <inheritdoc />
    public IVirtualServer VirtualServer
    {
        get
        {
            using var pass = gate.Enter();
            return context.VirtualServer;
        }
    }

    /// <inheritdoc />
    public string TraceId
    {
        get
        {
            using var pass = gate.Enter();
            return context.TraceId;
        }
    }

    /// <inheritdoc />
    public IDictionary<object, object?> Items
    {
        get
        {
            using var pass = gate.Enter();
            return context.Items;
        }
    }

    /// <inheritdoc />
    public IIdentity? User
    {
        get
        {
            using var pass = gate.Enter();
            return context.User;
        }

        set
        {
            using var pass = gate.Enter();
            context.User = value;
        }
    }

    /// <inheritdoc />
    public IReadOnlyList<string> Methods
    {
        get
        {
            using var pass = gate.Enter();
            return context.Methods;
        }
    }

    /// <inheritdoc />
    public bool AreAvailable
    {
        get
        {
            using var pass = gate.Enter();
            return context.AreAvailable;
        }
    }

    /// <inheritdoc />
    public IHeaderCollection Trailers
    {
        get
        {
            // Made for one body alone, it needs no guard of its own.
            using var pass = gate.Enter();
            return context.Trailers;
        }
    }

    /// <inheritdoc />
    public TFeature? GetFeature<TFeature>()
        where TFeature : class
    {
        using var pass = gate.Enter();
        return this as TFeature ?? context.GetFeature<TFeature>();
    }

    /// <inheritdoc />
    public void Add(params string[] methods)
    {
        using var pass = gate.Enter();
        context.Add(methods);
    }

    /// <inheritdoc />
    public Task RedirectAsync(string pathAndQuery, CancellationToken cancellation)
    {
        using var pass = gate.Enter();
        return context.RedirectAsync(pathAndQuery, cancellation);
    }
}
