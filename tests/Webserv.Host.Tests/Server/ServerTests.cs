using Webserv.Abstractions.Http;

namespace Webserv.Host.Tests.Server;

/// <summary>The whole engine over a transport; the same suite for each of them.</summary>
public abstract partial class ServerTests
{
    internal abstract RigKind Kind { get; }

    private static Func<IHttpContext, CancellationToken, Task> Text(string text) =>
        (context, cancellation) => context.Response.WriteTextAsync(text, cancellation: cancellation);

    private static Task EchoAsync(IHttpContext context, CancellationToken cancellation)
    {
        context.Response.Headers["X-Length"] = context.Request.ContentLength?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "unknown";
        return context.Request.Body.CopyToAsync(context.Response.Body, cancellation);
    }

    private static Task PathAsync(IHttpContext context, CancellationToken cancellation) =>
        context.Response.WriteTextAsync(context.Request.Path, cancellation: cancellation);

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Task<ServerRig> StartAsync(Action<ServerSetup> configure) => ServerRig.StartAsync(Kind, configure);
}
