using Webserv.Abstractions.Http;
using Webserv.Host.Http1;

namespace Webserv.Testing.Http;

/// <summary>The trailer fields of a test request, there once its body was read.</summary>
internal sealed class TestTrailersFeature(TestHttpRequest request) : IRequestTrailersFeature
{
    private readonly TestHeaderCollection _fields = new();

    /// <inheritdoc/>
    public bool AreAvailable => request.BodyIsAtEnd;

    /// <inheritdoc/>
    public IHeaderCollection Trailers =>
        AreAvailable ? _fields : throw new InvalidOperationException("The body was not read to its end.");

    public void Add(string name, string value)
    {
        if (!TrailerRules.IsDropped(name))
        {
            _fields.AppendUnchecked(name, value);
        }
    }
}
