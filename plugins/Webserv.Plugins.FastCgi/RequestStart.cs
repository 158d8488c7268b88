using Webserv.Plugins.FastCgi.Protocol;

namespace Webserv.Plugins.FastCgi;

/// <summary>A request that is about to be sent to a program.</summary>
/// <param name="Name">What it is for, for messages.</param>
/// <param name="TraceId">The request's id, for messages.</param>
/// <param name="Variables">Its meta-variables, encoded.</param>
internal sealed record RequestStart(string Name, string TraceId, ReadOnlyMemory<byte> Variables)
{
    /// <summary>What a program reads that is a Filter.</summary>
    public FilterInput? Filter { get; init; }
}
