using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;

namespace Webserv.TestPlugins.Misbehaves;

/// <summary>Sets a timer whose callback throws.</summary>
internal sealed class ThrowsOnTimer : IMiddleware, IDisposable
{
    private Timer? _timer;

    public Task InvokeAsync(IHttpContext context, RequestDelegate next, CancellationToken cancellation)
    {
        _timer = new Timer(static _ => throw new InvalidOperationException("the alarm went off"), null, 0, Timeout.Infinite);
        return Task.CompletedTask;
    }

    public void Dispose() => _timer?.Dispose();
}
