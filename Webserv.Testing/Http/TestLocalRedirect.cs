using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;
using Webserv.Host.Http1;

namespace Webserv.Testing.Http;

/// <summary>Sends a request through its pipeline again, for another target.</summary>
internal sealed class TestLocalRedirect(TestHttpContext context) : ILocalRedirectFeature
{
    private const int MaxRedirects = 10;

    private int _redirects;

    /// <summary>What serves the request; <see cref="TestHttpContext.Next"/> where a middleware is called by itself.</summary>
    public RequestDelegate? Pipeline { get; set; }

    public Task RedirectAsync(string pathAndQuery, CancellationToken cancellation)
    {
        context.Gate.Enter();
        var target = RequestTargetParser.ParseLocal(pathAndQuery)
            ?? throw new HttpException(StatusCodes.InternalServerError, $"a local redirect to the malformed target '{pathAndQuery}'");
        if (++_redirects > MaxRedirects)
        {
            throw new HttpException(StatusCodes.InternalServerError, $"more than {MaxRedirects} local redirects, the last to '{pathAndQuery}'");
        }

        context.Response.Clear();
        context.Response.ForgetCallbacks();
        context.BecomeLocal(target);
        return (Pipeline ?? context.Next)(context, cancellation);
    }
}
