using Webserv.Gateway;

namespace Webserv.Plugins.FastCgi;

/// <summary>Which FastCGI programs answer, and where they are or how they are started.</summary>
public sealed class FastCgiOptions : GatewayOptions
{
    /// <summary>What the programs are asked to do.</summary>
    public ProgramRole Role { get; set; }

    /// <summary>
    /// A program with arguments that is started and supervised, instead of addresses: <c>"/usr/bin/my-app --quiet"</c>; double
    /// quotes keep spaces together. Each process finds a listening socket as its descriptor 0, as the specification has it;
    /// where an argument holds <c>{socket}</c>, it gets a path there and makes the socket itself. Only on Linux. Default: none.
    /// </summary>
    public string? Command { get; set; }

    /// <summary>How many requests a started process takes at once, 1 to 1000.</summary>
    public int RequestsPerWorker { get; set; } = 1;

    /// <summary>
    /// How long a connection without requests is kept open, 0 to 24 days; 0 makes one for each request. A program that takes
    /// one connection a process, as php-fpm does, serves nobody else on it meanwhile. Default: 1 s; for started programs
    /// for ever.
    /// </summary>
    public TimeSpan? KeepAliveTimeout { get; set; }

    /// <summary>What happens to request bodies whose length is not known before they are read (chunked ones).</summary>
    public ChunkedBody ChunkedBody { get; set; }
}
