using System.Globalization;
using System.Net;
using System.Text;
using Webserv.Abstractions.Http;
using Webserv.Host.Http1;

namespace Webserv.Testing.Http;

/// <summary>The request of a <see cref="TestHttpContext"/>, which has the methods that fill it.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "The body is memory alone; whoever gave a stream disposes it.")]
public sealed class TestHttpRequest : IHttpRequest
{
    private readonly TestRequestGate _gate;
    private readonly GuardedFields _guardedFields;
    private TestRequestBody _body = new(Stream.Null, 0);
    private GuardedStream? _guardedBody;
    private bool _isLocal;

    internal TestHttpRequest(string method, string target, TestRequestGate gate)
    {
        _gate = gate;
        Method = method;
        RawTarget = target;
        var parsed = Parse(method, target);
        (Path, Query) = (parsed.Path, parsed.Query);
        Fields = new TestHeaderCollection();
        _guardedFields = new GuardedFields(Fields, gate);
        Host = parsed.Authority ?? "localhost";
    }

    /// <inheritdoc cref="IHttpRequest.Method"/>
    public string Method { get; private set; }

    /// <inheritdoc cref="IHttpRequest.Scheme"/>
    public string Scheme { get; internal set; } = "http";

    /// <inheritdoc cref="IHttpRequest.Host"/>
    public string Host
    {
        get;
        internal set
        {
            field = value;
            Fields.SetUnchecked(Abstractions.Http.Fields.Host, value);
        }
    }

    /// <inheritdoc cref="IHttpRequest.Path"/>
    public string Path { get; private set; }

    /// <inheritdoc cref="IHttpRequest.RawTarget"/>
    public string RawTarget { get; private set; }

    /// <inheritdoc cref="IHttpRequest.Query"/>
    public string Query { get; private set; }

    /// <inheritdoc cref="IHttpRequest.HttpVersion"/>
    public Version HttpVersion { get; internal set; } = System.Net.HttpVersion.Version11;

    /// <summary>The fields of the head; a middleware can not change them.</summary>
    public IHeaderCollection Headers => Fields;

    /// <inheritdoc cref="IHttpRequest.ContentLength"/>
    public long? ContentLength { get; private set; } = 0;

    /// <summary>The body. Reading past <see cref="MaxBodySize"/> throws 413, a body shorter than its declared length 400.</summary>
    public Stream Body => _body;

    /// <summary>The most bytes that the body may have, or <see langword="null"/> for no limit; 1 MB, the server's default, unless it is set.</summary>
    /// <exception cref="InvalidOperationException">Set after the body was read from.</exception>
    public long? MaxBodySize
    {
        get => _body.MaxSize;
        set => _body.MaxSize = value;
    }

    /// <summary>Whether the body was read from: what makes a server send <c>100 Continue</c>.</summary>
    public bool BodyWasRead => _body.WasRead;

    string IHttpRequest.Method => Inside.Method;

    string IHttpRequest.Scheme => Inside.Scheme;

    string IHttpRequest.Host => Inside.Host;

    string IHttpRequest.Path => Inside.Path;

    string IHttpRequest.RawTarget => Inside.RawTarget;

    string IHttpRequest.Query => Inside.Query;

    Version IHttpRequest.HttpVersion => Inside.HttpVersion;

    IHeaderCollection IHttpRequest.Headers => _guardedFields;

    long? IHttpRequest.ContentLength => Inside.ContentLength;

    Stream IHttpRequest.Body => Inside._guardedBody ??= new GuardedStream(_body, _gate);

    long? IHttpRequest.MaxBodySize
    {
        get => Inside.MaxBodySize;
        set => Inside.MaxBodySize = value;
    }

    internal TestHeaderCollection Fields { get; }

    /// <summary>Whether the server would let it change to another protocol.</summary>
    internal bool MayUpgrade => !_isLocal && HttpVersion == System.Net.HttpVersion.Version11 && ContentLength == 0;

    internal bool BodyIsAtEnd => _body.IsAtEnd;

    /// <summary>Itself, for middleware, as long as the request is not over.</summary>
    private TestHttpRequest Inside
    {
        get
        {
            _gate.Enter();
            return this;
        }
    }

    private static RequestTarget Parse(string method, string target)
    {
        ArgumentException.ThrowIfNullOrEmpty(target);
        return Ascii.IsValid(target) && Encoding.ASCII.GetBytes(target) is var bytes && !bytes.AsSpan().ContainsAnyExcept(Octets.Target)
            && RequestTargetParser.Parse(bytes, method) is { } parsed
            ? parsed
            : throw new ArgumentException($"'{target}' is no request-target of {method}: the server answers it with 400.", nameof(target));
    }

    /// <summary>Makes it a request of the server's own for another target, as for an error page or a local redirect.</summary>
    internal void BecomeLocal(RequestTarget target)
    {
        _isLocal = true;
        Method = Method == HttpMethods.Head ? HttpMethods.Head : HttpMethods.Get;
        (RawTarget, Path, Query) = (target.Raw, target.Path, target.Query);
        (_body, ContentLength) = (new TestRequestBody(Stream.Null, 0) { MaxSize = _body.MaxSize }, 0);
        _guardedBody = null;
        foreach (var name in (string[])[Abstractions.Http.Fields.IfMatch, Abstractions.Http.Fields.IfNoneMatch, Abstractions.Http.Fields.IfModifiedSince, Abstractions.Http.Fields.IfUnmodifiedSince, Abstractions.Http.Fields.IfRange, Abstractions.Http.Fields.Range])
        {
            Fields.SetUnchecked(name, default);
        }
    }

    internal void BreakBody(long bytes, TestClientFault fault) => _body.Break(bytes, fault);

    internal void SetBody(Stream stream, long? length)
    {
        _body = new TestRequestBody(stream, length) { MaxSize = _body.MaxSize };
        _guardedBody = null;
        ContentLength = length;
        Fields.SetUnchecked(Abstractions.Http.Fields.ContentLength, length?.ToString(CultureInfo.InvariantCulture));
        Fields.SetUnchecked(Abstractions.Http.Fields.TransferEncoding, length is null ? "chunked" : null);
    }
}
