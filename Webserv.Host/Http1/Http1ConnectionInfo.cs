using System.Globalization;
using System.Net;
using Webserv.Abstractions.Http;
using Webserv.Host.Transport;

namespace Webserv.Host.Http1;

/// <summary>A connection as middleware see it.</summary>
internal sealed class Http1ConnectionInfo(IConnection connection) : IConnectionInfo
{
    /// <inheritdoc />
    public string Id => field ??= connection.Id.ToString("x", CultureInfo.InvariantCulture);

    /// <inheritdoc />
    public IPAddress? RemoteAddress => connection.RemoteEndPoint?.Address;

    /// <inheritdoc />
    public int RemotePort => connection.RemoteEndPoint?.Port ?? 0;

    /// <inheritdoc />
    public IPAddress? LocalAddress => connection.LocalEndPoint?.Address;

    /// <inheritdoc />
    public int LocalPort => connection.LocalEndPoint?.Port ?? 0;
}
