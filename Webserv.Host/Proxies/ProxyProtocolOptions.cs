using System.Collections.Frozen;
using Webserv.Host.Transport;

namespace Webserv.Host.Proxies;

/// <summary>Where connections begin with a PROXY header.</summary>
/// <param name="Endpoints">The endpoints; at least one.</param>
/// <param name="Networks">Who may connect to them.</param>
/// <param name="HeaderTimeout">Time from the accept to the end of the header.</param>
internal sealed record ProxyProtocolOptions(FrozenSet<ListenEndpoint> Endpoints, NetworkSet Networks, TimeSpan HeaderTimeout);
