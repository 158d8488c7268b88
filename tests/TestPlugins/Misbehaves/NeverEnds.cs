using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;

namespace Webserv.TestPlugins.Misbehaves;

/// <summary>Never ends a request, whatever it is told.</summary>
internal sealed class NeverEnds : IMiddleware, IDisposable
{
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task InvokeAsync(IHttpContext context, RequestDelegate next, CancellationToken cancellation) => _end.Task;

    public void Dispose() => _end.TrySetResult();
}
