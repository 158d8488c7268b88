using Webserv.Abstractions.Http;

namespace Webserv.Host.Http1;

/// <summary>The current request as middleware see it. Text is made of it when somebody asks.</summary>
internal sealed class Http1Request(Http1Context context, Http1RequestHead head, Http1Input input, Http1RequestBody body) : IHttpRequest
{
    private static readonly RequestTarget None = new("", "/", "", null);

    private readonly RequestFields _fields = new(input, head);
    private RequestTarget _target = None;
    private HostName _host = HostName.None;
    private RequestBodyStream? _stream;

    /// <inheritdoc />
    public string Method { get; private set; } = "";

    /// <inheritdoc />
    public string Scheme => context.Origin?.Scheme ?? context.ConnectionScheme;

    /// <inheritdoc />
    public string Host => (context.Origin?.Host ?? _host).Authority;

    /// <summary>The host in the form in which names are compared: what the virtual server was chosen by.</summary>
    public ReadOnlySpan<char> ComparedHost => (context.Origin?.Host ?? _host).Name;

    /// <inheritdoc />
    public string Path => _target.Path;

    /// <inheritdoc />
    public string RawTarget => _target.Raw;

    /// <inheritdoc />
    public string Query => _target.Query;

    /// <inheritdoc />
    public Version HttpVersion => head.IsHttp11 ? System.Net.HttpVersion.Version11 : System.Net.HttpVersion.Version10;

    /// <inheritdoc />
    public IHeaderCollection Headers => _fields;

    /// <inheritdoc />
    public long? ContentLength => IsLocal ? 0 : body.Length;

    /// <inheritdoc />
    public Stream Body => IsLocal ? Stream.Null : _stream ??= new RequestBodyStream(body, gate: null);

    /// <inheritdoc />
    public long? MaxBodySize
    {
        get => body.MaxSize;
        set => body.MaxSize = value;
    }

    /// <summary>Whether the body was read from, so that its limit can no longer change.</summary>
    public bool BodyWasRead => body.WasRead;

    /// <summary>Whether it was turned into a request for another target, without a body.</summary>
    public bool IsLocal { get; private set; }

    /// <summary>Whether the client asked with HEAD; stays so whatever the request was turned into.</summary>
    public bool IsHead => ReferenceEquals(head.Method, HttpMethods.Head);

    /// <summary>Whether the Connection field names Upgrade.</summary>
    public bool AsksForUpgrade => (head.Connection & ConnectionOptions.Upgrade) != 0;

    /// <summary>Whether the version is HTTP/1.1.</summary>
    public bool IsHttp11 => head.IsHttp11;

    /// <summary>Makes it ready for a request whose head was parsed.</summary>
    public void Begin(RequestTarget target, HostName host)
    {
        Method = head.Method;
        _target = target;
        _host = host;
        IsLocal = false;
        _fields.HidesPreconditions = false;
        _fields.TargetAuthority = target.Authority;
    }

    /// <summary>Turns it into a GET (a HEAD stays one) without a body for another target of the same server.</summary>
    public void BecomeLocal(RequestTarget target)
    {
        Method = IsHead ? HttpMethods.Head : HttpMethods.Get;
        _target = target;
        IsLocal = true;
        _fields.HidesPreconditions = true;
    }

    /// <summary>Lets go of what belongs to the request alone.</summary>
    public void End()
    {
        _stream?.End();
        _stream = null;
    }
}
