using Webserv.Host.Proxies;

namespace Webserv.Host.Pipeline;

/// <summary>One loaded set of virtual servers. Those that a reload does not change belong to the next one as well.</summary>
internal sealed class PipelineGeneration(int number, VirtualServerTable servers)
{
    /// <summary>Counts from 1 for the generation that the server started with.</summary>
    public int Number => number;

    /// <summary>The virtual servers.</summary>
    public VirtualServerTable Servers => servers;

    /// <summary>Whose forwarded fields are believed; <see langword="null"/> where nobody's are.</summary>
    public ForwardedPolicy? Forwarding { get; init; }

    /// <summary>Retires the servers that do not go on: lets requests inside finish, cancels what is left, lets go of the middleware.</summary>
    /// <param name="next">The generation in its place; <see langword="null"/> where none is.</param>
    /// <param name="timeout">How long to wait before the rest is cancelled.</param>
    /// <param name="cancelRest">Cancels the requests that are still inside a server.</param>
    /// <param name="timeProvider">The clock.</param>
    public Task RetireAsync(PipelineGeneration? next, TimeSpan timeout, Action<VirtualServer> cancelRest, TimeProvider timeProvider) =>
        Task.WhenAll(servers.Servers
            .Where(server => next?.Servers.Servers.Contains(server) != true)
            .Select(server => server.Lifetime.RetireAsync(timeout, () => cancelRest(server), timeProvider)));
}
