using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;
using Webserv.Host.Http1;
using Webserv.Testing.Http;

namespace Webserv.Testing.Pipeline;

/// <summary>Sends a request through a <see cref="TestPipeline"/> again, for another target.</summary>
internal sealed class TestLocalRedirect(TestHttpContext context, RequestDelegate pipeline) : ILocalRedirectFeature
{
    private const int MaxRedirects = 10;

    private int _redirects;

    public Task RedirectAsync(string pathAndQuery, CancellationToken cancellation)
    {
        var target = RequestTargetParser.ParseLocal(pathAndQuery)
            ?? throw new HttpException(StatusCodes.InternalServerError, $"a local redirect to the malformed target '{pathAndQuery}'");
        if (++_redirects > MaxRedirects)
        {
            throw new HttpException(StatusCodes.InternalServerError, $"more than {MaxRedirects} local redirects, the last to '{pathAndQuery}'");
        }

        context.Response.Clear();
        context.Response.ForgetCallbacks();
        context.BecomeLocal(target);
        return pipeline(context, cancellation);
    }
}
