using System.Text;
using Webserv.Host.Configuration;

namespace Webserv.Host.Logging;

/// <summary>The access log of a virtual server.</summary>
/// <param name="file">Where its lines go.</param>
/// <param name="format">The format of its lines.</param>
/// <param name="server">The name of the virtual server.</param>
/// <param name="time">The time of its lines.</param>
internal sealed class AccessLog(AccessLogFile file, AccessLogFormat format, string server, LogTime time)
{
    private readonly byte[] _server = Encoding.UTF8.GetBytes(server);

    /// <summary>Whether lines tell how long a request took.</summary>
    public bool HasDuration => format == AccessLogFormat.Json;

    /// <summary>Adds the line of a request. Neither allocates nor waits for the disk.</summary>
    public void Write(in AccessLogEntry entry) => file.GetBuffer(entry.Lane).Write(format, entry, time.Get(entry.Milliseconds), _server);
}
