using System.ComponentModel;
using Webserv.Abstractions.Configuration;

namespace Webserv.Host.Configuration;

/// <summary>Limits that hold for the whole server.</summary>
internal sealed class LimitsOptions
{
    /// <summary>Most connections at once. One more takes the place of the one that has been idle longest; if none is idle it is answered 503 and closed.</summary>
    [Description("Most connections at once. One more takes the place of the one that has been idle longest; if none is idle it is answered 503 and closed.")]
    [Allowed("1", "10000000")]
    public int MaxConnections { get; set; } = 10_000;

    /// <summary>Most connections at once of one endpoint; 0 for no limit. One more takes the place of an idle one of that endpoint, or is answered 503 and closed.</summary>
    [Description("Most connections at once of one endpoint; 0 for no limit. One more takes the place of an idle one of that endpoint, or is answered 503 and closed.")]
    [Allowed("0", "10000000")]
    public int MaxConnectionsPerListener { get; set; }

    /// <summary>Most connections at once of one client address, or of one IPv6 /64 prefix; 0 for no limit; more are answered 503 and closed. Unix-domain sockets and <c>Proxies.TrustedNetworks</c> are exempt. Everything behind any other proxy or a NAT is one client.</summary>
    [Description("Most connections at once of one client address, or of one IPv6 /64 prefix; 0 for no limit; more are answered 503 and closed. Unix-domain sockets and `Proxies.TrustedNetworks` are exempt. Everything behind any other proxy or a NAT is one client.")]
    [Allowed("0", "10000000")]
    public int MaxConnectionsPerClient { get; set; }

    /// <summary>Time for a whole request head, from its first byte (from the accept for the first one).</summary>
    [Description("Time for a whole request head, from its first byte (from the accept for the first one).")]
    [Allowed("1ms", "7d")]
    public TimeSpan RequestHeadTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Time that a connection may stay idle between requests.</summary>
    [Description("Time that a connection may stay idle between requests.")]
    [Allowed("1ms", "7d")]
    public TimeSpan KeepAliveTimeout { get; set; } = TimeSpan.FromSeconds(75);

    /// <summary>Time that a connection which was upgraded to another protocol may stay without a byte in either direction, unless its plugin sets another; 0 for as long as it takes.</summary>
    [Description("Time that a connection which was upgraded to another protocol may stay without a byte in either direction, unless its plugin sets another; 0 for as long as it takes.")]
    [Allowed("0s", "7d")]
    public TimeSpan UpgradedIdleTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Time that a request body may stay without a single byte, and in which an unread one has to be drained.</summary>
    [Description("Time that a request body may stay without a single byte, and in which an unread one has to be drained.")]
    [Allowed("1ms", "7d")]
    public TimeSpan RequestBodyTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Time that a client may stay without taking a single byte of the answer.</summary>
    [Description("Time that a client may stay without taking a single byte of the answer.")]
    [Allowed("1ms", "7d")]
    public TimeSpan ResponseWriteTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Least bytes of a request body per second, while the server waits for them; 0 for any pace; slower is 408. Who was faster may fall behind by RequestBodyTimeout.</summary>
    [Description("Least bytes of a request body per second, while the server waits for them; 0 for any pace; slower is 408. Who was faster may fall behind by RequestBodyTimeout.")]
    [Allowed("0", "1GB")]
    public ByteSize MinRequestBodyRate { get; set; } = 240;

    /// <summary>Least bytes of an answer that a client takes per second, while the server waits for it; 0 for any pace; slower is a reset. Who was faster may fall behind by ResponseWriteTimeout.</summary>
    [Description("Least bytes of an answer that a client takes per second, while the server waits for it; 0 for any pace; slower is a reset. Who was faster may fall behind by ResponseWriteTimeout.")]
    [Allowed("0", "1GB")]
    public ByteSize MinResponseRate { get; set; } = 240;

    /// <summary>How far behind MinRequestBodyRate or MinResponseRate a client may be at first.</summary>
    [Description("How far behind MinRequestBodyRate or MinResponseRate a client may be at first.")]
    [Allowed("1ms", "7d")]
    public TimeSpan MinRateGracePeriod { get; set; } = TimeSpan.FromSeconds(5);

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
