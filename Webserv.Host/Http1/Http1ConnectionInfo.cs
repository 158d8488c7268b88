using System.Globalization;
using System.Net;
using Webserv.Abstractions.Http;
using Webserv.Host.Proxies;
using Webserv.Host.Transport;

namespace Webserv.Host.Http1;

/// <summary>A connection as middleware see it.</summary>
/// <param name="connection">The connection.</param>
/// <param name="origin">Where the request comes from, if a trusted proxy may tell.</param>
internal sealed class Http1ConnectionInfo(IConnection connection, ForwardedOrigin? origin) : IConnectionInfo
{
    /// <inheritdoc />
    public string Id => field ??= connection.Id.ToString("x", CultureInfo.InvariantCulture);

    /// <inheritdoc />
    public IPAddress? RemoteAddress => origin is null ? connection.RemoteEndPoint?.Address : origin.Address;

    /// <inheritdoc />
    public int RemotePort => origin is null ? connection.RemoteEndPoint?.Port ?? 0 : origin.Port;

    /// <inheritdoc />
    public IPAddress? PeerAddress => connection.PeerEndPoint?.Address;

    /// <inheritdoc />
    public int PeerPort => connection.PeerEndPoint?.Port ?? 0;

    /// <inheritdoc />
    public bool IsForwarded => origin is { IsForwarded: true };

    /// <inheritdoc />
    public IPAddress? LocalAddress => connection.LocalEndPoint?.Address;

    /// <inheritdoc />
    public int LocalPort => connection.LocalEndPoint?.Port ?? 0;
}
