using System.ComponentModel;
using Webserv.Abstractions.Configuration;

namespace Webserv.Host.Configuration;

/// <summary>Limits that hold for the whole server.</summary>
internal sealed class LimitsOptions
{
    /// <summary>Most connections at once; more are answered 503 and closed.</summary>
    [Description("Most connections at once; more are answered 503 and closed.")]
    [Allowed("1", "10000000")]
    public int MaxConnections { get; set; } = 10_000;

    /// <summary>Time for a whole request head, from its first byte (from the accept for the first one).</summary>
    [Description("Time for a whole request head, from its first byte (from the accept for the first one).")]
    [Allowed("1ms", "7d")]
    public TimeSpan RequestHeadTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Time that a connection may stay idle between requests.</summary>
    [Description("Time that a connection may stay idle between requests.")]
    [Allowed("1ms", "7d")]
    public TimeSpan KeepAliveTimeout { get; set; } = TimeSpan.FromSeconds(75);

    /// <summary>Time that a request body may stay without a single byte.</summary>
    [Description("Time that a request body may stay without a single byte.")]
    [Allowed("1ms", "7d")]
    public TimeSpan RequestBodyTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Time that a client may stay without taking a single byte of the answer.</summary>
    [Description("Time that a client may stay without taking a single byte of the answer.")]
    [Allowed("1ms", "7d")]
    public TimeSpan ResponseWriteTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Time that a request goes on after its client ended its side of the connection.</summary>
    [Description("Time that a request goes on after its client ended its side of the connection.")]
    [Allowed("0s", "1d")]
    public TimeSpan HalfCloseTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Time that running requests get when the server stops.</summary>
    [Description("Time that running requests get when the server stops.")]
    [Allowed("0s", "1d")]
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Most bytes of a request head; more is 431.</summary>
    [Description("Most bytes of a request head; more is 431.")]
    [Allowed("1KB", "16MB")]
    public ByteSize MaxRequestHeadSize { get; set; } = ByteSize.FromKilobytes(32);

    /// <summary>Most bytes of a request line; more is 414.</summary>
    [Description("Most bytes of a request line; more is 414.")]
    [Allowed("256", "16MB")]
    public ByteSize MaxRequestLineSize { get; set; } = ByteSize.FromKilobytes(8);

    /// <summary>Most field lines of a request head; more is 431.</summary>
    [Description("Most field lines of a request head; more is 431.")]
    [Allowed("1", "10000")]
    public int MaxRequestFields { get; set; } = 100;

    /// <summary>Most bytes of a request body where nothing nearer says otherwise; 0 for no limit; more is 413.</summary>
    [Description("Most bytes of a request body where nothing nearer says otherwise; 0 for no limit; more is 413.")]
    public ByteSize MaxRequestBodySize { get; set; } = ByteSize.FromMegabytes(1);

    /// <summary>Most bytes of an unread request body that are drained so that the connection can be kept.</summary>
    [Description("Most bytes of an unread request body that are drained so that the connection can be kept.")]
    [Allowed("0", "1GB")]
    public ByteSize MaxDrainSize { get; set; } = ByteSize.FromKilobytes(256);
}
