using Webserv.Host.Http1;

namespace Webserv.Host.Logging;

/// <summary>What is known of a request that is over. Refers to buffers of the connection: it does not outlive the call it is made for.</summary>
internal readonly ref struct AccessLogEntry
{
    /// <summary>The head of the request, or as much of it as came where it was refused.</summary>
    public required ReadOnlySpan<byte> Bytes { get; init; }

    /// <summary>What the parser found in <see cref="Bytes"/>.</summary>
    public required Http1RequestHead Head { get; init; }

    /// <summary>The connection it came on.</summary>
    public required long ConnectionId { get; init; }

    /// <summary>The buffer that its line goes to: that of the connection's event loop.</summary>
    public required int Lane { get; init; }

    /// <summary>Its number on the connection; 0 for one that never became a request.</summary>
    public long RequestNumber { get; init; }

    /// <summary>The client's address in text, as trusted proxies tell.</summary>
    public required ReadOnlySpan<byte> Client { get; init; }

    /// <summary>The name of who has signed in; <see langword="null"/> or empty for nobody.</summary>
    public string? User { get; init; }

    /// <summary>The status that was sent.</summary>
    public required int Status { get; init; }

    /// <summary>The bytes of the body that were sent, without the framing of chunks.</summary>
    public long BodyBytes { get; init; }

    /// <summary>Whether the connection broke, or was given up, before the answer was complete.</summary>
    public bool IsAborted { get; init; }

    /// <summary>How long it took from its head to the end of its answer; <see langword="null"/> where that was not measured.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>The clock of the connection's event loop.</summary>
    public required long Milliseconds { get; init; }

    /// <summary>The request line as it came; of one that was refused, as much of it as there is.</summary>
    public ReadOnlySpan<byte> RequestLine
    {
        get
        {
            // RFC 9112 section 2.2: an empty line may stand before it.
            var bytes = Bytes.StartsWith("\r\n"u8) ? Bytes[2..] : Bytes;
            var end = bytes.IndexOfAny((byte)'\r', (byte)'\n');
            return end < 0 ? bytes : bytes[..end];
        }
    }

    /// <summary>The value of a field.</summary>
    /// <param name="name">Its name, in any case.</param>
    /// <param name="value">The value of its first line.</param>
    /// <returns>Whether it is there.</returns>
    public bool TryGetField(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        foreach (ref readonly var line in Head.Lines)
        {
            if (line.NameLength == name.Length && System.Text.Ascii.EqualsIgnoreCase(Bytes.Slice(line.NameStart, line.NameLength), name))
            {
                value = Bytes.Slice(line.ValueStart, line.ValueLength);
                return true;
            }
        }

        value = default;
        return false;
    }
}
