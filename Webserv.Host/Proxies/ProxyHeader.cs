using System.Net;

namespace Webserv.Host.Proxies;

/// <summary>What a PROXY header says.</summary>
/// <param name="Length">Its length in bytes; what is behind it is the client's.</param>
/// <param name="Kind">Whose connection it is.</param>
/// <param name="Source">The client's address; <see langword="null"/> unless <see cref="ProxyHeaderKind.Client"/>.</param>
/// <param name="Destination">The address that the client connected to; <see langword="null"/> unless <see cref="ProxyHeaderKind.Client"/>.</param>
/// <param name="IsTls">Whether the client spoke TLS with the proxy.</param>
internal sealed record ProxyHeader(int Length, ProxyHeaderKind Kind, IPEndPoint? Source = null, IPEndPoint? Destination = null, bool IsTls = false);
