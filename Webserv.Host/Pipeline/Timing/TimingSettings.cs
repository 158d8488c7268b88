using Microsoft.Extensions.Logging;
using Webserv.Host.Configuration;

namespace Webserv.Host.Pipeline.Timing;

/// <summary>What becomes of the times that the entries of a virtual server take.</summary>
/// <param name="WritesField">Whether answers have a field <c>Server-Timing</c>.</param>
/// <param name="WritesTrace">Whether the log has a line for each request.</param>
/// <param name="CountsMemory">Whether it is told whose memory is allocated.</param>
/// <param name="Time">The clock.</param>
/// <param name="Logger">Gets the lines.</param>
internal sealed record TimingSettings(bool WritesField, bool WritesTrace, bool CountsMemory, TimeProvider Time, ILogger Logger)
{
    /// <summary>Whether anybody sees the times of a single request.</summary>
    public bool IsShown => WritesField || WritesTrace;

    /// <summary>What is asked for; <see langword="null"/> where nothing is.</summary>
    public static TimingSettings? Of(VirtualServerOptions server, PluginsOptions plugins, TimeProvider time, ILogger logger) =>
        server.ServerTiming || server.RequestTrace || plugins.Statistics ? new TimingSettings(server.ServerTiming, server.RequestTrace, plugins.Statistics, time, logger) : null;
}
