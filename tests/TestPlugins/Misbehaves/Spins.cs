using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;

namespace Webserv.TestPlugins.Misbehaves;

/// <summary>Spins on the thread that it is called on, until it is disposed; it says that it never blocks.</summary>
[NonBlocking]
internal sealed class Spins : IMiddleware, IDisposable
{
    private volatile bool _isDisposed;

    public Task InvokeAsync(IHttpContext context, RequestDelegate next, CancellationToken cancellation)
    {
        for (var started = Environment.TickCount64; !_isDisposed && Environment.TickCount64 - started < 20_000;)
        {
            Thread.SpinWait(100);
        }

        return Task.CompletedTask;
    }

    public void Dispose() => _isDisposed = true;
}
