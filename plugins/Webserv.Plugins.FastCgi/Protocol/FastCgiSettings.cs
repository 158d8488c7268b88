namespace Webserv.Plugins.FastCgi.Protocol;

/// <summary>How requests are put on connections.</summary>
internal sealed record FastCgiSettings
{
    /// <summary>What the programs are asked to do.</summary>
    public Role Role { get; init; } = Role.Responder;

    /// <summary>How long a connection without requests is kept; zero is a connection for each request, <see langword="null"/> for ever.</summary>
    public required TimeSpan? KeepAliveTimeout { get; init; }

    /// <summary>How long a program may take to end a request that it was asked to abort.</summary>
    public required TimeSpan KillGrace { get; init; }

    /// <summary>How long a program may take to end a request whose answer is complete, or that nobody has waited for since its client left.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>Whether connections are kept.</summary>
    public bool KeepsConnections => KeepAliveTimeout != TimeSpan.Zero;
}
