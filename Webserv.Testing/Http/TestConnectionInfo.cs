using System.Net;
using Webserv.Abstractions.Http;

namespace Webserv.Testing.Http;

/// <summary>A connection over the loopback interface.</summary>
public sealed class TestConnectionInfo : IConnectionInfo
{
    /// <inheritdoc/>
    public string Id { get; set; } = "test-connection";

    /// <inheritdoc/>
    public IPAddress? RemoteAddress { get; set; } = IPAddress.Loopback;

    /// <inheritdoc/>
    public int RemotePort { get; set; } = 50000;

    /// <inheritdoc/>
    public IPAddress? LocalAddress { get; set; } = IPAddress.Loopback;

    /// <inheritdoc/>
    public int LocalPort { get; set; } = 8080;
}
