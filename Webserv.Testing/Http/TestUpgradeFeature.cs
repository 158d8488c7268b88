using Webserv.Abstractions.Http;

namespace Webserv.Testing.Http;

/// <summary>The upgrade that <see cref="TestHttpContext.WithUpgrade"/> offers. Both ends of the connection are in memory.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "A source of cancellation without a timer holds nothing, and the streams are memory alone.")]
public sealed class TestUpgradeFeature : IUpgradeFeature
{
    private readonly TestHttpContext _context;
    private readonly CancellationTokenSource _stopping = new();
    private readonly DuplexStream _server;
    private TimeSpan _idleTimeout = Timeout.InfiniteTimeSpan;

    internal TestUpgradeFeature(TestHttpContext context, IReadOnlyList<string> protocols)
    {
        ArgumentOutOfRangeException.ThrowIfZero(protocols.Count, nameof(protocols));
        _context = context;
        Protocols = protocols;
        (_server, Client) = DuplexStream.CreatePair();
    }

    /// <summary>
    /// The client's end. What is written before the middleware takes the connection over is what a client sent ahead. Disposing it
    /// ends the client's side, as a client does that is done.
    /// </summary>
    public Stream Client { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Protocols { get; }

    /// <inheritdoc/>
    public bool IsUpgraded { get; private set; }

    /// <inheritdoc/>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>What the middleware set. It is not kept: nothing times out in memory.</summary>
    public TimeSpan IdleTimeout
    {
        get => _idleTimeout;
        set => _idleTimeout = value > TimeSpan.Zero || value == Timeout.InfiniteTimeSpan
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "Neither positive nor infinite.");
    }

    /// <summary>Tells the middleware that the server stops.</summary>
    public void Stop() => _stopping.Cancel();

    /// <inheritdoc/>
    public async Task<Stream> UpgradeAsync(string protocol, CancellationToken cancellation)
    {
        _context.Gate.Enter();
        if (!Protocols.Contains(protocol, StringComparer.OrdinalIgnoreCase))
        {
            throw new ArgumentException($"The client does not offer '{protocol}'.", nameof(protocol));
        }

        cancellation.ThrowIfCancellationRequested();
        await _context.Response.UpgradeAsync(protocol).ConfigureAwait(false);
        IsUpgraded = true;
        return _server;
    }

    internal void End() => _server.Dispose();
}
