using Webserv.Abstractions.Http;

namespace Webserv.Host.Http1;

/// <summary>What serves a request, and when that ends. Made for one request, when somebody asks.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "A source of cancellation without a timer holds nothing.")]
internal sealed class Http1Generation : IGenerationFeature
{
    private readonly CancellationTokenSource _retiring = new();
    private readonly CancellationTokenRegistration _stoppingServer;
    private readonly CancellationTokenRegistration _retiringServer;

    public Http1Generation(Http1Context context)
    {
        Number = context.VirtualServer.Generation;

        // Its own, so that what a middleware registers and forgets ends with the request.
        _stoppingServer = context.Server.Stopping.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), _retiring);
        _retiringServer = context.VirtualServer.Lifetime.Retiring.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), _retiring);
    }

    /// <inheritdoc />
    public int Number { get; }

    /// <inheritdoc />
    public CancellationToken Retiring => _retiring.Token;

    /// <summary>Ends with the request.</summary>
    public void End()
    {
        // Dispose would wait for a callback that is running.
        _stoppingServer.Unregister();
        _retiringServer.Unregister();
    }
}
