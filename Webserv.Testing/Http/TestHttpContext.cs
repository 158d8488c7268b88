using System.Globalization;
using System.Net;
using System.Security.Principal;
using System.Text;
using Microsoft.Extensions.Primitives;
using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;
using Webserv.Host.Http1;
using Webserv.Host.Pipeline;

namespace Webserv.Testing.Http;

/// <summary>
/// A request and its recorded response. It keeps the rules of the contract as the server does: fields are checked, a
/// response that has started is read-only, a body that does not match its length throws, as does one that is read or written synchronously.
/// A middleware that uses the request when it is over gets <see cref="ObjectDisposedException"/>; the test itself looks at it as long as it likes.
/// </summary>
/// <example>
/// <code>
/// var context = TestHttpContext.Get("/hello?x=1");
/// await middleware.InvokeAsync(context, context.Next, cancellation);
/// Assert.Equal("Hello", context.Response.BodyText);
/// </code>
/// </example>
public sealed class TestHttpContext : IHttpContext
{
    private static long _lastId;
    private readonly Dictionary<Type, object> _features = [];
    private readonly TestAllowedMethodsFeature _methods = new();
    private readonly TestTrailersFeature _trailers;
    private readonly List<string> _visited = [];
    private Dictionary<object, object?>? _items;
    private TestClientFault? _fault;

    /// <summary>Makes a request of HTTP/1.1 for <c>localhost</c> without a body.</summary>
    /// <param name="method">The method.</param>
    /// <param name="target">The request-target as a client sends it: percent-encoded, with its query.</param>
    /// <exception cref="ArgumentException">The server would answer such a target with 400.</exception>
    public TestHttpContext(string method, string target)
    {
        Request = new TestHttpRequest(method, target, Gate);
        Response = new TestHttpResponse(method, Gate);
        TraceId = "test-" + Interlocked.Increment(ref _lastId).ToString(CultureInfo.InvariantCulture);
        _trailers = new TestTrailersFeature(Request);
        _features[typeof(IUserFeature)] = new TestUserFeature();
        _features[typeof(IAllowedMethodsFeature)] = _methods;
        _features[typeof(IGenerationFeature)] = Generation;
        _features[typeof(IRequestTrailersFeature)] = _trailers;
        LocalRedirect = new TestLocalRedirect(this);
        _features[typeof(ILocalRedirectFeature)] = LocalRedirect;
        Next = (_, _) =>
        {
            NextWasCalled = true;
            return Response.HasStarted ? Task.CompletedTask : AllowedMethods.AnswerAsync(this, _methods.Methods);
        };
    }

    /// <summary>The request.</summary>
    public TestHttpRequest Request { get; }

    /// <summary>The response, as far as it was made.</summary>
    public TestHttpResponse Response { get; }

    /// <summary>The connection.</summary>
    public TestConnectionInfo Connection { get; } = new();

    /// <summary>The virtual server; named <c>test</c> unless <see cref="WithVirtualServer"/> replaced it.</summary>
    public IVirtualServer VirtualServer { get; private set; } = new TestVirtualServer();

    /// <summary>The generation that serves the request, as middleware see it by <see cref="IGenerationFeature"/>.</summary>
    public TestGenerationFeature Generation { get; } = new();

    /// <inheritdoc cref="IHttpContext.TraceId"/>
    public string TraceId { get; }

    /// <inheritdoc cref="IHttpContext.Items"/>
    public IDictionary<object, object?> Items => _items ??= [];

    /// <summary>
    /// What to hand to a middleware as the rest of the pipeline, and is remembered. It answers as the end of a real one does: 404;
    /// 501 for a method that nobody knows; 405, or 204 for OPTIONS, where a middleware said by
    /// <see cref="IAllowedMethodsFeature"/> what it would have answered.
    /// </summary>
    public RequestDelegate Next { get; private set; }

    /// <summary>Whether the middleware passed the request on.</summary>
    public bool NextWasCalled { get; private set; }

    /// <summary>The entries of a <see cref="Pipeline.TestPipeline"/> that the request came to, in order.</summary>
    public IReadOnlyList<string> Visited => _visited;

    /// <summary>Whether the client went away, by <see cref="WithDisconnect"/> or <see cref="WithFailingWrite"/>.</summary>
    public bool ClientIsGone => _fault?.IsBroken ?? false;

    IHttpRequest IHttpContext.Request => Request;

    IHttpResponse IHttpContext.Response => Response;

    IConnectionInfo IHttpContext.Connection => Inside.Connection;

    IVirtualServer IHttpContext.VirtualServer => Inside.VirtualServer;

    string IHttpContext.TraceId => Inside.TraceId;

    IDictionary<object, object?> IHttpContext.Items => Inside.Items;

    /// <summary>Shuts the middleware out when the request is over.</summary>
    internal TestRequestGate Gate { get; } = new();

    /// <summary>What middleware see as <see cref="ILocalRedirectFeature"/>, unless the test gives them another.</summary>
    internal TestLocalRedirect LocalRedirect { get; }

    /// <summary>Itself, for middleware, as long as the request is not over.</summary>
    private TestHttpContext Inside
    {
        get
        {
            Gate.Enter();
            return this;
        }
    }

    /// <summary>Makes a GET.</summary>
    public static TestHttpContext Get(string target) => new(HttpMethods.Get, target);

    /// <summary>Makes a HEAD.</summary>
    public static TestHttpContext Head(string target) => new(HttpMethods.Head, target);

    /// <summary>Makes a POST; add a body with <see cref="WithBody(string, string)"/>.</summary>
    public static TestHttpContext Post(string target) => new(HttpMethods.Post, target);

    /// <summary>Makes a PUT; add a body with <see cref="WithBody(string, string)"/>.</summary>
    public static TestHttpContext Put(string target) => new(HttpMethods.Put, target);

    /// <summary>Makes a DELETE.</summary>
    public static TestHttpContext Delete(string target) => new(HttpMethods.Delete, target);

    /// <summary>Adds a field line to the request.</summary>
    public TestHttpContext WithHeader(string name, string value)
    {
        Request.Fields.AppendUnchecked(name, value);
        return this;
    }

    /// <summary>Replaces a field of the request.</summary>
    public TestHttpContext WithHeader(string name, StringValues values)
    {
        Request.Fields.SetUnchecked(name, values);
        return this;
    }

    /// <summary>Gives the request a body in UTF-8 with its length and type.</summary>
    public TestHttpContext WithBody(string text, string contentType = "text/plain; charset=utf-8") =>
        WithBody(Encoding.UTF8.GetBytes(text), contentType);

    /// <summary>Gives the request a body with its length.</summary>
    /// <param name="bytes">The body.</param>
    /// <param name="contentType">The media type, or <see langword="null"/> for none.</param>
    public TestHttpContext WithBody(byte[] bytes, string? contentType = null)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        return WithBody(new MemoryStream(bytes, writable: false), contentType, bytes.Length);
    }

    /// <summary>Gives the request a body from a stream.</summary>
    /// <param name="stream">Read, asynchronously, when the middleware reads the body; not disposed.</param>
    /// <param name="contentType">The media type, or <see langword="null"/> for none.</param>
    /// <param name="length">
    /// The declared length; <see langword="null"/> for a chunked body. Where the stream ends before it, reading throws 400 as
    /// it does for a client that went away.
    /// </param>
    public TestHttpContext WithBody(Stream stream, string? contentType = null, long? length = null)
    {
        Request.SetBody(stream, length);
        if (contentType is not null)
        {
            Request.Fields.SetUnchecked(Fields.ContentType, contentType);
        }

        return this;
    }

    /// <summary>Gives the request a body with its length that arrives in small pieces, every one after a hop to the thread pool.</summary>
    /// <param name="bytes">The body.</param>
    /// <param name="pieceSize">Bytes that one read yields at most; 1 or more.</param>
    /// <param name="contentType">The media type, or <see langword="null"/> for none.</param>
    public TestHttpContext WithSlowBody(byte[] bytes, int pieceSize = 1, string? contentType = null)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        ArgumentOutOfRangeException.ThrowIfLessThan(pieceSize, 1);
        return WithBody(new SlowStream(bytes, pieceSize), contentType, bytes.Length);
    }

    /// <summary>
    /// Sets the most bytes that the body may have, as <c>MaxRequestBodySize</c> of a virtual server or an entry does. It is 1 MB unless it is set.
    /// </summary>
    /// <param name="bytes">0 or more; <see langword="null"/> for no limit.</param>
    public TestHttpContext WithMaxBodySize(long? bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes.GetValueOrDefault(), nameof(bytes));
        Request.MaxBodySize = bytes;
        return this;
    }

    /// <summary>
    /// Lets the client reset the connection when it has sent so many bytes of the body, which is set before: what reads further throws
    /// <see cref="IOException"/>, the token that <see cref="SendAsync(RequestDelegate, CancellationToken)"/> hands out is cancelled, and the
    /// response is cut.
    /// </summary>
    /// <param name="bytes">0 or more.</param>
    public TestHttpContext WithDisconnect(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        Request.BreakBody(bytes, _fault ??= new TestClientFault());
        return this;
    }

    /// <summary>
    /// Lets the client go away when it has got so many bytes of the response's body: the write that is more throws
    /// <see cref="IOException"/>, as does every one after it, the token that <see cref="SendAsync(RequestDelegate, CancellationToken)"/> hands
    /// out is cancelled, and the response is cut.
    /// </summary>
    /// <param name="bytes">0 or more.</param>
    public TestHttpContext WithFailingWrite(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        Response.Fault = _fault ??= new TestClientFault();
        _fault.ResponseBytes = bytes;
        return this;
    }

    /// <summary>Sets the Host field.</summary>
    public TestHttpContext WithHost(string host)
    {
        Request.Host = host;
        return this;
    }

    /// <summary>Makes it a request over TLS, or not.</summary>
    /// <param name="scheme"><c>http</c> or <c>https</c>.</param>
    public TestHttpContext WithScheme(string scheme)
    {
        Request.Scheme = scheme;
        return this;
    }

    /// <summary>Sets the version of HTTP.</summary>
    public TestHttpContext WithHttpVersion(Version version)
    {
        Request.HttpVersion = version;
        return this;
    }

    /// <summary>Sets where the request comes from.</summary>
    /// <param name="address">The client's address; <see langword="null"/> as for a unix-domain socket.</param>
    /// <param name="port">The client's port.</param>
    public TestHttpContext WithRemoteAddress(IPAddress? address, int port = 50000)
    {
        Connection.RemoteAddress = address;
        Connection.RemotePort = address is null ? 0 : port;
        return this;
    }

    /// <summary>
    /// Makes it a request through a trusted proxy that tells of the client in forwarded fields. What it tells is set with
    /// <see cref="WithRemoteAddress"/>, <see cref="WithScheme"/> and <see cref="WithHost"/>.
    /// </summary>
    /// <param name="address">The proxy's address; <see langword="null"/> as for a unix-domain socket.</param>
    /// <param name="port">The proxy's port.</param>
    public TestHttpContext WithProxy(IPAddress? address, int port = 50001)
    {
        Connection.PeerAddress = address;
        Connection.PeerPort = address is null ? 0 : port;
        Connection.IsForwarded = true;
        return this;
    }

    /// <summary>Sets the virtual server.</summary>
    public TestHttpContext WithVirtualServer(IVirtualServer virtualServer)
    {
        VirtualServer = virtualServer;
        return this;
    }

    /// <summary>Makes it the request of a user, as a middleware that authenticates does by <see cref="IUserFeature"/>.</summary>
    public TestHttpContext WithUser(IIdentity? user)
    {
        GetFeature<IUserFeature>()!.User = user;
        return this;
    }

    /// <summary>
    /// Adds a trailer field, to be seen by <see cref="IRequestTrailersFeature"/> once the body was read to its end. Those that the server
    /// drops (<c>Authorization</c>, <c>Content-Length</c> and the like) are not seen.
    /// </summary>
    public TestHttpContext WithTrailer(string name, string value)
    {
        _trailers.Add(name, value);
        return this;
    }

    /// <summary>
    /// Makes it a request to change to another protocol, as a WebSocket client makes it: with Connection and Upgrade, and with
    /// <see cref="IUpgradeFeature"/>. The client's end is <see cref="TestUpgradeFeature.Client"/>. As in the server, middleware see none in a request of
    /// HTTP/1.0, in one with a body, and behind a local redirect.
    /// </summary>
    /// <param name="protocols">What the client offers; one or more.</param>
    public TestUpgradeFeature WithUpgrade(params string[] protocols)
    {
        var feature = new TestUpgradeFeature(this, protocols);
        WithHeader(Fields.Connection, "Upgrade").WithHeader(Fields.Upgrade, string.Join(", ", protocols));
        WithFeature<IUpgradeFeature>(feature);
        return feature;
    }

    /// <summary>Offers a capability that <see cref="GetFeature"/> finds.</summary>
    public TestHttpContext WithFeature<TFeature>(TFeature feature)
        where TFeature : class
    {
        _features[typeof(TFeature)] = feature;
        return this;
    }

    /// <summary>Takes a capability away that requests have otherwise, for the code of a plugin that does without.</summary>
    public TestHttpContext WithoutFeature<TFeature>()
        where TFeature : class
    {
        _features.Remove(typeof(TFeature));
        return this;
    }

    /// <summary>Replaces the rest of the pipeline. <see cref="NextWasCalled"/> works all the same.</summary>
    public TestHttpContext WithNext(RequestDelegate next)
    {
        Next = (context, cancellation) =>
        {
            NextWasCalled = true;
            return next(context, cancellation);
        };
        return this;
    }

    /// <inheritdoc cref="IHttpContext.GetFeature"/>
    public TFeature? GetFeature<TFeature>()
        where TFeature : class =>
        _features.GetValueOrDefault(typeof(TFeature)) is TFeature feature && (feature is not TestUpgradeFeature || Request.MayUpgrade) ? feature : null;

    TFeature? IHttpContext.GetFeature<TFeature>()
        where TFeature : class =>
        Inside.GetFeature<TFeature>();

    /// <summary>
    /// Serves the request with a middleware as the server does: an <see cref="HttpException"/> becomes its status, and the
    /// response is completed. Any other exception comes out, also one that is thrown when the response is completed.
    /// </summary>
    /// <param name="middleware">The middleware under test.</param>
    /// <param name="cancellation">Handed to the middleware.</param>
    /// <returns>The complete response. The request is over then: whatever a middleware uses of it throws <see cref="ObjectDisposedException"/>.</returns>
    /// <exception cref="InvalidOperationException">The request was sent before: every one needs a context of its own.</exception>
    public Task<TestHttpResponse> SendAsync(IMiddleware middleware, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(middleware);
        return SendAsync((context, token) => middleware.InvokeAsync(context, Next, token), cancellation);
    }

    /// <summary>Serves the request with a pipeline, otherwise like <see cref="SendAsync(IMiddleware, CancellationToken)"/>.</summary>
    public Task<TestHttpResponse> SendAsync(RequestDelegate pipeline, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        LocalRedirect.Pipeline = pipeline;
        return ServeAsync(pipeline, TakeStatusAsync, cancellation);
    }

    /// <summary>Serves the request and completes the response.</summary>
    /// <param name="pipeline">What answers.</param>
    /// <param name="fail">Answers for what is thrown on the way.</param>
    /// <param name="cancellation">Handed to both.</param>
    internal async Task<TestHttpResponse> ServeAsync(RequestDelegate pipeline, TestFailureHandler fail, CancellationToken cancellation)
    {
        if (Gate.IsClosed)
        {
            throw new InvalidOperationException("The request is over: make another context for the next one.");
        }

        using var linked = _fault is null ? null : CancellationTokenSource.CreateLinkedTokenSource(cancellation, _fault.Token);
        var token = linked?.Token ?? cancellation;
        try
        {
            try
            {
                await pipeline(this, token).ConfigureAwait(false);
            }
            catch (Exception) when (ClientIsGone)
            {
                // What a client breaks off is no failure of the server, whatever the middleware makes of it.
            }
            catch (Exception exception)
            {
                if (!await fail(exception, isSecond: false, token).ConfigureAwait(false))
                {
                    throw;
                }
            }

            // What answers for a failure of the completion may fail when it is completed itself.
            for (var isSecond = false; !await TryCompleteAsync(fail, isSecond, token).ConfigureAwait(false); isSecond = true)
            {
            }

            (_features.GetValueOrDefault(typeof(IUpgradeFeature)) as TestUpgradeFeature)?.End();
            return Response;
        }
        finally
        {
            Gate.Close();
        }
    }

    internal void Visit(string name) => _visited.Add(name);

    /// <returns>Whether the response is complete, or cut.</returns>
    private async Task<bool> TryCompleteAsync(TestFailureHandler fail, bool isSecond, CancellationToken cancellation)
    {
        if (ClientIsGone)
        {
            Response.Cut();
        }

        try
        {
            await Response.CompleteAsync().ConfigureAwait(false);
        }
        catch (Exception) when (ClientIsGone)
        {
            Response.Cut();
        }
        catch (Exception exception)
        {
            if (!await fail(exception, isSecond, cancellation).ConfigureAwait(false))
            {
                throw;
            }
        }

        return Response.IsComplete;
    }

    /// <summary>Makes a status of what is one; everything else comes out.</summary>
    private Task<bool> TakeStatusAsync(Exception exception, bool isSecond, CancellationToken cancellation)
    {
        if (isSecond || Response.HasStarted || exception is not HttpException status)
        {
            return Task.FromResult(false);
        }

        Response.Reset(status);
        return Task.FromResult(true);
    }

    /// <summary>Makes it a request of the server's own for another target.</summary>
    internal void BecomeLocal(RequestTarget target)
    {
        Request.BecomeLocal(target);
        _methods.Clear();
    }
}
