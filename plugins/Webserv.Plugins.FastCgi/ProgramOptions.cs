namespace Webserv.Plugins.FastCgi;

/// <summary>What the middleware have in common that talk to any program of their protocol.</summary>
public abstract class ProgramOptions : GatewayOptions
{
    /// <summary>
    /// A program with arguments that is started and supervised, instead of addresses: <c>"/usr/bin/my-app --quiet"</c>; double
    /// quotes keep spaces together. Each process finds a listening socket as its descriptor 0, as the specification of FastCGI has it;
    /// where an argument holds <c>{socket}</c>, it gets a path there and makes the socket itself. Only on Linux. Default: none.
    /// </summary>
    public string? Command { get; set; }

    /// <summary>How many requests a started process takes at once, 1 to 1000.</summary>
    public int RequestsPerWorker { get; set; } = 1;
}
