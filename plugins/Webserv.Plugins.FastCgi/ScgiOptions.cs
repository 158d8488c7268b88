namespace Webserv.Plugins.FastCgi;

/// <summary>Which SCGI programs answer, and where they are or how they are started.</summary>
public sealed class ScgiOptions : GatewayOptions
{
    /// <summary>
    /// A program with arguments that is started and supervised, instead of addresses; double quotes keep spaces together.
    /// Each process finds a listening socket as its descriptor 0; where an argument holds <c>{socket}</c>, it gets a path
    /// there and makes the socket itself. Only on Linux. Default: none.
    /// </summary>
    public string? Command { get; set; }

    /// <summary>How many requests a started process takes at once, 1 to 1000.</summary>
    public int RequestsPerWorker { get; set; } = 1;
}
