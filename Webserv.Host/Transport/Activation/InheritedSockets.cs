using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Webserv.Host.Transport.Epoll;

namespace Webserv.Host.Transport.Activation;

/// <summary>
/// Listening sockets that a service manager has bound and handed over (<c>sd_listen_fds(3)</c>: <c>LISTEN_PID</c>,
/// <c>LISTEN_FDS</c>, <c>LISTEN_FDNAMES</c>). Endpoints that one of them is bound to are served from it. They stay open while
/// the process runs, since a reload may want one again; listeners get duplicates.
/// </summary>
internal sealed class InheritedSockets
{
    private const int FirstDescriptor = 3;

    private readonly List<InheritedSocket> _sockets;
    private readonly HashSet<InheritedSocket> _used = [];

    private InheritedSockets(List<InheritedSocket> sockets) => _sockets = sockets;

    /// <summary>No sockets.</summary>
    public static InheritedSockets None { get; } = new([]);

    /// <summary>Those that no endpoint was served from so far.</summary>
    public IReadOnlyList<InheritedSocket> Unused
    {
        get
        {
            lock (_used)
            {
                return [.. _sockets.Where(socket => !_used.Contains(socket))];
            }
        }
    }

    /// <summary>Takes what was handed to this process, and takes it out of the environment, so that no child thinks it is meant.</summary>
    public static InheritedSockets FromEnvironment()
    {
        var process = Take("LISTEN_PID");
        var count = Take("LISTEN_FDS");
        var names = Take("LISTEN_FDNAMES")?.Split(':') ?? [];
        return OperatingSystem.IsLinux() && Environment.Is64BitProcess
            && process == Environment.ProcessId.ToString(CultureInfo.InvariantCulture)
            && int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var sockets)
                ? Of(FirstDescriptor, sockets, names)
                : None;
    }

    /// <summary>Takes over a run of descriptors.</summary>
    /// <param name="first">The first of them.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="names">Their names, as far as they have any.</param>
    public static InheritedSockets Of(int first, int count, IReadOnlyList<string> names)
    {
        var sockets = new List<InheritedSocket>();
        for (var index = 0; index < count; index++)
        {
            sockets.Add(SocketInspection.Inspect(first + index, index < names.Count ? names[index] : "unknown"));
        }

        return new InheritedSockets(sockets);
    }

    /// <summary>A listening socket for an endpoint, if one was handed over.</summary>
    /// <returns>A descriptor that the caller has to close, or -1.</returns>
    /// <exception cref="IOException">The process has no descriptors left.</exception>
    public int Open(ListenEndpoint endpoint)
    {
        lock (_used)
        {
            if (Find(endpoint) is not { } found)
            {
                return -1;
            }

            var duplicate = LibC.Control(found.Descriptor, LibC.DuplicateCloseOnExec, FirstDescriptor);
            if (duplicate < 0)
            {
                throw new IOException($"cannot listen on {endpoint}, {found}: {LibC.Describe(LibC.Errno)}");
            }

            _used.Add(found);
            return duplicate;
        }
    }

    /// <summary>Every address of a system without IPv6 is every IPv4 address: that is what a service manager binds there for a mere port.</summary>
    private InheritedSocket? Find(ListenEndpoint endpoint) =>
        _sockets.Find(socket => endpoint.Equals(socket.Endpoint))
        ?? (IPAddress.IPv6Any.Equals(endpoint.Address) && !Socket.OSSupportsIPv6
            ? _sockets.Find(socket => socket.Endpoint is { } other && IPAddress.Any.Equals(other.Address) && other.Port == endpoint.Port)
            : null);

    private static string? Take(string name)
    {
        var value = Environment.GetEnvironmentVariable(name);
        Environment.SetEnvironmentVariable(name, null);
        return value;
    }
}
