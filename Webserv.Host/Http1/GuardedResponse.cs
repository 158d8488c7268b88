using Webserv.Abstractions.Files;
using Webserv.Abstractions.Http;

namespace Webserv.Host.Http1;

/// <summary>The response of a <see cref="GuardedContext"/>.</summary>
internal sealed class GuardedResponse(Http1Response response, RequestGate gate) : IHttpResponse
{
    private readonly GuardedFields _fields = new(response.Headers, gate);
    private ResponseBodyStream? _stream;

    /// <inheritdoc />
    public int StatusCode
    {
        get
        {
            using var pass = gate.Enter();
            return response.StatusCode;
        }

        set
        {
            using var pass = gate.Enter();
            response.StatusCode = value;
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
            return response.ContentLength;
        }

        set
        {
            using var pass = gate.Enter();
            response.ContentLength = value;
        }
    }

    /// <inheritdoc />
    public Stream Body => _stream ??= new ResponseBodyStream(response, gate);

    /// <inheritdoc />
    public bool HasStarted
    {
        get
        {
            using var pass = gate.Enter();
            return response.HasStarted;
        }
    }

    /// <inheritdoc />
    public void OnStarting(Func<Task> callback)
    {
        using var pass = gate.Enter();
        response.OnStarting(callback);
    }

    /// <inheritdoc />
    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellation)
    {
        using var pass = gate.Enter();
        return response.SendFileAsync(path, offset, count, cancellation);
    }

    /// <inheritdoc />
    public Task SendFileAsync(IFileEntry file, long offset, long count, CancellationToken cancellation)
    {
        using var pass = gate.Enter();
        return response.SendFileAsync(file, offset, count, cancellation);
    }
}
