using Webserv.Abstractions.Configuration;

namespace Webserv.Gateway.Exchange;

/// <summary>What an exchange may take.</summary>
internal sealed record ExchangeLimits
{
    /// <summary>How long the script may neither take input nor give output while the client is ready for both.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>The same until it gives the first byte of its output; <see langword="null"/> is <see cref="Timeout"/>.</summary>
    public TimeSpan? FirstByteTimeout { get; init; }

    /// <summary>How long the answer may take as a whole; <see langword="null"/> is for ever.</summary>
    public TimeSpan? TotalTimeout { get; init; }

    /// <summary>How long an ended script's output may stay open, and how long lies between asking it to end and killing it.</summary>
    public required TimeSpan KillGrace { get; init; }

    /// <summary>The most bytes of the header block.</summary>
    public required ByteSize MaxHeaderSize { get; init; }

    /// <summary>The most bytes of the body; <see langword="null"/> is no limit.</summary>
    public ByteSize? MaxOutputSize { get; init; }
}
