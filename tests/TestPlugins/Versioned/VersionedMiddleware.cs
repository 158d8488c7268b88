using System.Text;
using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;

namespace Webserv.TestPlugins.Versioned;

/// <summary>
/// Answers with the marker of its build again and again, so that an answer of two builds would be seen. A path that ends with
/// <c>/slow</c> takes two seconds for that; <c>/page</c> is a page.
/// </summary>
internal sealed class VersionedMiddleware : IMiddleware
{
    private const string Marker = "build-0001";
    private const int Repetitions = 20;

    private readonly byte[] _line = Encoding.ASCII.GetBytes(Marker + "\n");

    public async Task InvokeAsync(IHttpContext context, RequestDelegate next, CancellationToken cancellation)
    {
        var isSlow = context.Request.Path.EndsWith("/slow", StringComparison.Ordinal);
        context.Response.Headers[Fields.ContentType] = context.Request.Path == "/page" ? "text/html" : "text/plain";
        context.Response.ContentLength = _line.Length * Repetitions;
        for (var repetition = 0; repetition < Repetitions; repetition++)
        {
            await context.Response.Body.WriteAsync(_line, cancellation);
            if (isSlow)
            {
                await context.Response.Body.FlushAsync(cancellation);
                await Task.Delay(100, cancellation);
            }
        }
    }
}
