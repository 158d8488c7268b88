using System.Net;
using Webserv.Host.Http1;

namespace Webserv.Host.Proxies;

/// <summary>Where a request comes from, as trusted proxies tell.</summary>
/// <param name="Address">The client's address: that of the last hop that is known.</param>
/// <param name="Port">The client's port; 0 where it is not told.</param>
/// <param name="Scheme"><c>http</c> or <c>https</c>; <see langword="null"/> where it is not told.</param>
/// <param name="Host">The host asked for; <see langword="null"/> where it is not told or not asked for.</param>
/// <param name="IsForwarded">Whether a proxy told anything at all.</param>
internal sealed record ForwardedOrigin(IPAddress? Address, int Port, string? Scheme, HostName? Host, bool IsForwarded);
