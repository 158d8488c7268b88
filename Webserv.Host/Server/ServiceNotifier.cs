using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Webserv.Host.Server;

/// <summary>
/// Tells a service manager what the server is doing (<c>sd_notify(3)</c>): a datagram to the unix-domain socket that
/// <c>NOTIFY_SOCKET</c> names. Without one nothing is told.
/// </summary>
internal sealed class ServiceNotifier
{
    private const string Variable = "NOTIFY_SOCKET";
    private const int SendMilliseconds = 1_000;

    private readonly string? _path;
    private readonly ILogger _logger;

    private ServiceNotifier(string? path, ILogger logger)
    {
        _path = path;
        _logger = logger;
    }

    /// <summary>Reads where to tell, and takes it out of the environment: children are not asked.</summary>
    public static ServiceNotifier FromEnvironment(ILogger logger)
    {
        var path = Environment.GetEnvironmentVariable(Variable);
        Environment.SetEnvironmentVariable(Variable, null);
        return new ServiceNotifier(path, logger);
    }

    /// <summary>The server serves; after a reload: it is done, whether it took effect or not.</summary>
    public void Ready() => Send("READY=1\nSTATUS=serving");

    /// <summary>A reload begins. The time tells the service manager that it is not an older one.</summary>
    public void Reloading() => Send(string.Create(
        CultureInfo.InvariantCulture,
        $"RELOADING=1\nSTATUS=reloading\nMONOTONIC_USEC={(long)(Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1e6))}"));

    /// <summary>The server ends what runs and then itself.</summary>
    public void Stopping() => Send("STOPPING=1\nSTATUS=stopping");

    private void Send(string state)
    {
        if (string.IsNullOrEmpty(_path))
        {
            return;
        }

        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { SendTimeout = SendMilliseconds };

            // A name that begins with @ is abstract: a zero in its place.
            var name = _path[0] == '@' ? '\0' + _path[1..] : _path;
            socket.SendTo(Encoding.UTF8.GetBytes(state), new UnixDomainSocketEndPoint(name));
        }
        catch (Exception exception) when (exception is SocketException or ArgumentException or PlatformNotSupportedException)
        {
            Log.NotNotified(_logger, _path, exception.Message);
        }
    }
}
