using Microsoft.Extensions.Logging;
using Webserv.Host.Configuration;

namespace Webserv.Host.Pipeline.Timing;

/// <summary>What becomes of the times that the entries of a virtual server take.</summary>
/// <param name="WritesField">Whether answers have a field <c>Server-Timing</c>.</param>
/// <param name="WritesTrace">Whether the log has a line for each request.</param>
/// <param name="Time">The clock.</param>
/// <param name="Logger">Gets the lines.</param>
internal sealed record TimingSettings(bool WritesField, bool WritesTrace, TimeProvider Time, ILogger Logger)
{
    /// <summary>What a virtual server asks for; <see langword="null"/> where it asks for nothing.</summary>
    public static TimingSettings? Of(VirtualServerOptions server, TimeProvider time, ILogger logger) =>
        server.ServerTiming || server.RequestTrace ? new TimingSettings(server.ServerTiming, server.RequestTrace, time, logger) : null;
}
