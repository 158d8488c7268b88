using System.Globalization;
using System.Security.Principal;
using Webserv.Abstractions.Http;
using Webserv.Host.Logging;
using Webserv.Host.Pipeline;
using Webserv.Host.Pipeline.Timing;
using Webserv.Host.Proxies;
using Webserv.Host.Transport;

namespace Webserv.Host.Http1;

/// <summary>
/// The request that is being served and its response. Reused for later requests of any connection; a middleware that has not
/// promised to let go of it sees it through a <see cref="GuardedContext"/>, which is made anew for each.
/// </summary>
internal sealed class Http1Context
    : IHttpContext, ILocalRedirectFeature, IUserFeature, IAllowedMethodsFeature, IRequestTrailersFeature
{
    private const int MaxRedirects = 10;

    private IConnection? _connection;
    private Http1ConnectionInfo? _connectionInfo;
    private ForwardedPolicy? _forwarding;
    private ForwardedOrigin? _origin;
    private VirtualServer? _virtualServer;
    private Dictionary<object, object?>? _items;
    private List<string>? _methods;
    private GuardedContext? _guarded;
    private Http1Upgrade? _upgrade;
    private Http1Generation? _generation;
    private string? _traceId;
    private int _redirects;

    public Http1Context(Http1Server server, Http1RequestHead head, Http1Input input, Http1Output output)
    {
        Server = server;
        Input = input;
        Output = output;
        RequestBody = new Http1RequestBody(input);
        Request = new Http1Request(this, head, input, RequestBody);
        Response = new Http1Response(this, output);
    }

    /// <summary>The server that the request came to.</summary>
    public Http1Server Server { get; }

    /// <summary>What has come in.</summary>
    public Http1Input Input { get; }

    /// <summary>What goes out.</summary>
    public Http1Output Output { get; }

    /// <summary>What comes in behind the head.</summary>
    public Http1RequestBody RequestBody { get; }

    /// <summary>The request.</summary>
    public Http1Request Request { get; }

    /// <summary>The response.</summary>
    public Http1Response Response { get; }

    /// <summary>Its number on the connection.</summary>
    public long RequestNumber { get; private set; }

    /// <summary>When it began, by the server's clock; 0 where nobody asks.</summary>
    public long StartedAt { get; private set; }

    /// <summary>Where it is logged when it is over; <see langword="null"/> where it is not, or where no virtual server has taken it.</summary>
    public AccessLog? AccessLog => _virtualServer?.AccessLog;

    /// <summary>Which entries have the request for how long; <see langword="null"/> where nobody asks.</summary>
    public RequestTiming? Timing { get; set; }

    /// <summary>Whether a middleware was still inside when it was shut out: then nothing of this is used again.</summary>
    public bool IsLeftBehind { get; private set; }

    /// <summary>Whether the connection was given up, but is to end in order for the sake of earlier answers.</summary>
    public bool EndsInOrder { get; private set; }

    /// <summary>Whether the connection may serve another request after this one, as far as client and server have said.</summary>
    public bool MayKeepAlive { get; set; }

    /// <summary>Whether the connection ends after this request all the same, because what is unread of its body will not be drained.</summary>
    public bool MustClose => !MayKeepAlive || Server.IsStopping || !RequestBody.MayEnd((long)Server.Limits.MaxDrainSize);

    /// <summary>The clock of the connection's event loop.</summary>
    public long Milliseconds => ServedConnection.Loop.Milliseconds;

    /// <summary>Whether the calling thread is an event loop, which nothing may hold.</summary>
    public bool IsOnEventLoop => ServedConnection.Loop.IsCurrent;

    /// <inheritdoc />
    public IConnectionInfo Connection => _connectionInfo ??= new Http1ConnectionInfo(ServedConnection, Origin);

    /// <summary>Where the request comes from, if the peer is a trusted proxy; read from the fields when somebody asks.</summary>
    public ForwardedOrigin? Origin =>
        _forwarding is null ? null : _origin ??= _forwarding.Read(Request.Headers, ServedConnection.RemoteEndPoint, Server.Hosts);

    /// <summary>The scheme of the connection, whatever a proxy says.</summary>
    public string ConnectionScheme => ServedConnection.Scheme;

    /// <summary>The virtual server that serves the request.</summary>
    public VirtualServer VirtualServer => _virtualServer ?? throw NoRequest();

    /// <inheritdoc />
    public string TraceId => _traceId ??= string.Create(CultureInfo.InvariantCulture, $"{ServedConnection.Id:x}-{RequestNumber}");

    /// <inheritdoc />
    public IDictionary<object, object?> Items => _items ??= [];

    /// <inheritdoc />
    public IIdentity? User { get; set; }

    /// <inheritdoc />
    IHttpRequest IHttpContext.Request => Request;

    /// <inheritdoc />
    IHttpResponse IHttpContext.Response => Response;

    /// <inheritdoc />
    IVirtualServer IHttpContext.VirtualServer => VirtualServer;

    /// <summary>The generation that serves the request.</summary>
    public Http1Generation Generation => _generation ??= new Http1Generation(this);

    /// <summary>The request for middleware that may keep what they got.</summary>
    public GuardedContext Guarded =>
        _guarded ??= new GuardedContext(this, new RequestGate(Server.Logger, ServedConnection.Id, RequestNumber));

    /// <inheritdoc />
    public IReadOnlyList<string> Methods => _methods ?? [];

    /// <inheritdoc />
    public bool AreAvailable => RequestBody.IsComplete && !RequestBody.IsBroken;

    /// <inheritdoc />
    public IHeaderCollection Trailers =>
        AreAvailable ? RequestBody.Trailers : throw new InvalidOperationException("The body was not read to its end.");

    private IConnection ServedConnection => _connection ?? throw NoRequest();

    /// <summary>The host's context behind one that a middleware may have wrapped.</summary>
    public static Http1Context From(IHttpContext context) =>
        context as Http1Context ?? context.GetFeature<Http1Context>()
        ?? throw new InvalidOperationException("A middleware passed on a context whose GetFeature does not pass on to the server's own.");

    /// <summary>Whether a request is served, and by a certain server.</summary>
    public bool IsServedBy(VirtualServer virtualServer) => ReferenceEquals(_virtualServer, virtualServer);

    /// <summary>Makes it ready for a request.</summary>
    public void Begin(
        IConnection connection, long requestNumber, VirtualServer virtualServer, bool mayKeepAlive, ForwardedPolicy? forwarding)
    {
        if (!ReferenceEquals(_connection, connection))
        {
            _connection = connection;
            _connectionInfo = null;
        }

        if (!ReferenceEquals(_forwarding, forwarding) || forwarding is not null)
        {
            // A proxy sends requests of many clients on one connection.
            _forwarding = forwarding;
            _origin = null;
            _connectionInfo = null;
        }

        RequestNumber = requestNumber;
        StartedAt = virtualServer.AccessLog is { HasDuration: true } || Server.Meter is { IsTiming: true } ? Server.TimeProvider.GetTimestamp() : 0;
        _virtualServer = virtualServer;
        MayKeepAlive = mayKeepAlive;
        EndsInOrder = false;
        _traceId = null;
        _redirects = 0;
        Response.Begin();
    }

    /// <summary>
    /// Ends the connection, so that the client does not take what it got for a whole answer: at once, unless that took an earlier
    /// answer from it that is whole. What its system has not confirmed yet would be lost (RFC 9112 section 9.6).
    /// </summary>
    public void Abort()
    {
        EndsInOrder = ShutOut() && Response.IsRecognisablyCut && Output.TrySendUpTo(Response.Begins) && ServedConnection.HoldsMoreThan(Output.Sent - Response.Begins);
        Output.MarkBroken();
        if (!EndsInOrder)
        {
            ServedConnection.Abort();
        }
    }

    /// <summary>Lets go of what belongs to the request alone.</summary>
    public void End()
    {
        if (Timing is { } timing)
        {
            timing.WriteTrace(this);
            Timing = null;
        }

        Request.End();
        Response.End(IsLeftBehind);
        _items = null;
        User = null;
        _virtualServer = null;
        _methods = null;
        _upgrade = null;
        _generation?.End();
        _generation = null;
    }

    /// <summary>Whether no operation of a middleware is left that would touch the request later.</summary>
    public bool IsQuiet => !IsLeftBehind && !RequestBody.IsReading && !Response.IsWriting;

    /// <summary>Shuts out the middleware that had the request so far; who comes to it later sees it anew.</summary>
    /// <returns>Whether none of them is inside it, with a read or write that has not ended.</returns>
    public bool ShutOut()
    {
        var isEmpty = true;
        if (_guarded is { } guarded)
        {
            _guarded = null;
            isEmpty = guarded.Gate.Close();

            // They come to the request by what has just been closed.
            Response.ForgetCallbacks();
        }

        isEmpty &= _upgrade?.End() != false;
        IsLeftBehind |= !isEmpty || RequestBody.IsReading || Response.IsWriting;
        return !IsLeftBehind;
    }

    /// <summary>Lets go of the connection.</summary>
    public void Detach()
    {
        _connection = null;
        _connectionInfo = null;
        _origin = null;
    }

    /// <inheritdoc />
    public TFeature? GetFeature<TFeature>()
        where TFeature : class =>
        typeof(TFeature) == typeof(IUpgradeFeature) ? FindUpgrade() as TFeature
        : typeof(TFeature) == typeof(IGenerationFeature) ? Generation as TFeature
        : this as TFeature;

    /// <inheritdoc />
    public void Add(params string[] methods)
    {
        ArgumentNullException.ThrowIfNull(methods);
        _methods ??= [];
        foreach (var method in methods)
        {
            if (!_methods.Contains(method))
            {
                _methods.Add(method);
            }
        }
    }

    /// <inheritdoc />
    public Task RedirectAsync(string pathAndQuery, CancellationToken cancellation)
    {
        var target = RequestTargetParser.ParseLocal(pathAndQuery)
            ?? throw new HttpException(StatusCodes.InternalServerError, $"a local redirect to the malformed target '{pathAndQuery}'");
        if (++_redirects > MaxRedirects)
        {
            throw new HttpException(StatusCodes.InternalServerError, $"more than {MaxRedirects} local redirects, the last to '{pathAndQuery}'");
        }

        Response.Clear();

        // Who is asked again says so again.
        Response.ForgetCallbacks();
        Request.BecomeLocal(target);
        _methods = null;
        return VirtualServer.Pipeline(this, cancellation);
    }

    private Http1Upgrade? FindUpgrade() => _upgrade ??= Http1Upgrade.Find(this, ServedConnection);

    private static InvalidOperationException NoRequest() => new("The context is not serving a request.");
}
