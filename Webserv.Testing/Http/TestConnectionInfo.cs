using System.Net;
using Webserv.Abstractions.Http;

namespace Webserv.Testing.Http;

/// <summary>A connection over the loopback interface.</summary>
public sealed class TestConnectionInfo : IConnectionInfo
{
    private bool _isProxied;

    /// <inheritdoc/>
    public string Id { get; set; } = "test-connection";

    /// <inheritdoc/>
    public IPAddress? RemoteAddress { get; set; } = IPAddress.Loopback;

    /// <inheritdoc/>
    public int RemotePort { get; set; } = 50000;

    /// <summary>The address at the other end of the connection; that of the client unless it was set.</summary>
    public IPAddress? PeerAddress
    {
        get => _isProxied ? field : RemoteAddress;
        set
        {
            _isProxied = true;
            field = value;
        }
    }

    /// <summary>The port at the other end of the connection; that of the client unless <see cref="PeerAddress"/> was set.</summary>
    public int PeerPort
    {
        get => _isProxied ? field : RemotePort;
        set;
    }

    /// <inheritdoc/>
    public bool IsForwarded { get; set; }

    /// <inheritdoc/>
    public IPAddress? LocalAddress { get; set; } = IPAddress.Loopback;

    /// <inheritdoc/>
    public int LocalPort { get; set; } = 8080;
}
