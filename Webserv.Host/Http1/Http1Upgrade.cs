using Webserv.Abstractions.Http;
using Webserv.Host.Transport;

namespace Webserv.Host.Http1;

/// <summary>What a client offers by Upgrade (RFC 9110 section 7.8), and what became of it. Made for one request.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "The streams end with the request.")]
internal sealed class Http1Upgrade : IUpgradeFeature
{
    private readonly Http1Context _context;
    private readonly IConnection _connection;
    private readonly RequestGate _gate;
    private TimeSpan _idleTimeout;
    private UpgradedStream? _stream;

    private Http1Upgrade(Http1Context context, IConnection connection, IReadOnlyList<string> protocols)
    {
        _context = context;
        _connection = connection;
        _gate = context.Guarded.Gate;
        Protocols = protocols;
        _idleTimeout = context.Server.Limits.UpgradedIdleTimeout is { Ticks: > 0 } limit ? limit : Timeout.InfiniteTimeSpan;
        Stopping = context.Generation.Retiring;
    }

    /// <inheritdoc />
    public IReadOnlyList<string> Protocols { get; }

    /// <inheritdoc />
    public bool IsUpgraded => Volatile.Read(ref _stream) is not null;

    /// <inheritdoc />
    public CancellationToken Stopping { get; }

    /// <inheritdoc />
    public TimeSpan IdleTimeout
    {
        get => _idleTimeout;
        set
        {
            if (value <= TimeSpan.Zero && value != Timeout.InfiniteTimeSpan)
            {
                throw new ArgumentOutOfRangeException(nameof(value), value, "Neither positive nor infinite.");
            }

            _idleTimeout = value;
            if (_stream is { } stream)
            {
                stream.IdleTimeout = value;
            }
        }
    }

    /// <summary>What the request offers, or <see langword="null"/> where it offers nothing that could be taken.</summary>
    public static Http1Upgrade? Find(Http1Context context, IConnection connection)
    {
        // HTTP/1.0 has no Upgrade, and the octets of a body would have to be taken out of the way first.
        var request = context.Request;
        if (!request.AsksForUpgrade || !request.IsHttp11 || request.IsLocal || context.RequestBody.Length is not 0)
        {
            return null;
        }

        var protocols = request.Headers[Fields.Upgrade]
            .SelectMany(static line => (line ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            .Where(IsProtocol)
            .ToArray();
        return protocols.Length == 0 ? null : new Http1Upgrade(context, connection, protocols);
    }

    /// <inheritdoc />
    public async Task<Stream> UpgradeAsync(string protocol, CancellationToken cancellation)
    {
        var spelled = Protocols.FirstOrDefault(offered => offered.Equals(protocol, StringComparison.OrdinalIgnoreCase))
            ?? throw new ArgumentException($"The client does not offer '{protocol}'.", nameof(protocol));
        cancellation.ThrowIfCancellationRequested();
        ValueTask sending;
        using (_gate.Enter())
        {
            sending = _context.Response.UpgradeAsync(spelled);
        }

        await sending.ConfigureAwait(false);
        var stream = new UpgradedStream(_connection, _context.Input, _context.Output, _gate) { IdleTimeout = _idleTimeout };
        Volatile.Write(ref _stream, stream);
        return stream;
    }

    /// <summary>Ends what belongs to the request; the gate keeps out whoever comes later.</summary>
    /// <returns>Whether no operation of the stream is under way.</returns>
    public bool End() => Volatile.Read(ref _stream)?.End() ?? true;

    /// <summary>protocol = token [ "/" token ].</summary>
    private static bool IsProtocol(string text)
    {
        var slash = text.IndexOf('/');
        return slash < 0
            ? !text.AsSpan().ContainsAnyExcept(Octets.TokenText)
            : slash > 0 && slash < text.Length - 1
                && !text.AsSpan(0, slash).ContainsAnyExcept(Octets.TokenText) && !text.AsSpan(slash + 1).ContainsAnyExcept(Octets.TokenText);
    }
}
