using Webserv.Abstractions.Http;

namespace Webserv.Host.Http1;

/// <summary>The request of a <see cref="GuardedContext"/>.</summary>
internal sealed class GuardedRequest(Http1Request request, Http1RequestBody body, RequestGate gate) : IHttpRequest
{
    private readonly GuardedFields _fields = new(request.Headers, gate);
    private RequestBodyStream? _stream;

    /// <inheritdoc />
    public string Method
    {
        get
        {
            using var pass = gate.Enter();
            return request.Method;
        }
    }

    /// <inheritdoc />
    public string Scheme
    {
        get
        {
            using var pass = gate.Enter();
            return request.Scheme;
        }
    }

    /// <inheritdoc />
    public string Host
    {
        get
        {
            using var pass = gate.Enter();
            return request.Host;
        }
    }

    /// <summary>As that of <see cref="Http1Request"/>.</summary>
    public ReadOnlySpan<char> ComparedHost
    {
        get
        {
            using var pass = gate.Enter();
            return request.ComparedHost;
        }
    }

    /// <inheritdoc />
    public string Path
    {
        get
        {
            using var pass = gate.Enter();
            return request.Path;
        }
    }

    /// <inheritdoc />
    public string RawTarget
    {
        get
        {
            using var pass = gate.Enter();
            return request.RawTarget;
        }
    }

    /// <inheritdoc />
    public string Query
    {
        get
        {
            using var pass = gate.Enter();
            return request.Query;
        }
    }

    /// <inheritdoc />
    public Version HttpVersion
    {
        get
        {
            using var pass = gate.Enter();
            return request.HttpVersion;
        }
    }

    /// <inheritdoc />
    public IHeaderCollection Headers => _fields;

    /// <inheritdoc />
    public long? ContentLength
    {
        get
        {
            using var pass = gate.Enter();
            return request.ContentLength;
        }
    }

    /// <inheritdoc />
    public Stream Body
    {
        get
        {
            using var pass = gate.Enter();
            return request.IsLocal ? Stream.Null : _stream ??= new RequestBodyStream(body, gate);
        }
    }

    /// <inheritdoc />
    public long? MaxBodySize
    {
        get
        {
            using var pass = gate.Enter();
            return request.MaxBodySize;
        }

        set
        {
            using var pass = gate.Enter();
            request.MaxBodySize = value;
        }
    }
}
