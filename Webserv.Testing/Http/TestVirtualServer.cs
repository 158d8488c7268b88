using Webserv.Abstractions.Http;

namespace Webserv.Testing.Http;

/// <summary>A virtual server named <c>test</c>.</summary>
public sealed class TestVirtualServer : IVirtualServer
{
    /// <inheritdoc/>
    public string Name { get; init; } = "test";

    /// <inheritdoc/>
    public IReadOnlyList<string> HostNames { get; init; } = ["localhost"];

    /// <inheritdoc/>
    public string? Root { get; init; }
}
