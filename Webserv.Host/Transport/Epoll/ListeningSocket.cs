using System.Net;

namespace Webserv.Host.Transport.Epoll;

/// <summary>
/// Makes listening sockets. The first one of an endpoint is bound and listens without <c>SO_REUSEPORT</c>, which fails when
/// anybody listens there, this server included; only then the option is set, so that the sockets of the other loops
/// can join it. There is no moment in which two servers could both get the endpoint.
/// </summary>
internal static unsafe class ListeningSocket
{
    // What the system takes of an answer before it can send it: more than the largest that leaves in one call, and not the
    // megabytes that every client which asks for a large file and reads nothing of it would hold otherwise.
    private const int MostUnsent = 256 * 1024;

    /// <summary>Opens so many sockets on an internet endpoint; the port in the end.</summary>
    /// <exception cref="IOException">It cannot be bound.</exception>
    public static int[] OpenInternet(ListenEndpoint endpoint, int count, int backlog, out int port)
    {
        var sockets = new int[count];
        Array.Fill(sockets, -1);
        var address = endpoint.Address!;
        port = endpoint.Port;
        var name = stackalloc byte[SocketAddress.MaxSize];
        try
        {
            for (var i = 0; i < count; i++)
            {
                sockets[i] = Create(endpoint, ref address);
                Check(endpoint, LibC.SetSocketOption(sockets[i], LibC.LevelSocket, LibC.OptionReuseAddress, 1));
                if (i > 0)
                {
                    Check(endpoint, LibC.SetSocketOption(sockets[i], LibC.LevelSocket, LibC.OptionReusePort, 1));
                }

                var length = SocketAddress.Write(new Span<byte>(name, SocketAddress.MaxSize), address, port);
                Check(endpoint, LibC.Bind(sockets[i], name, (uint)length));
                Check(endpoint, LibC.Listen(sockets[i], backlog));
                SetInternetOptions(endpoint, sockets[i]);
                if (i == 0)
                {
                    port = SocketAddress.LocalOf(sockets[0])!.Port;
                    Check(endpoint, LibC.SetSocketOption(sockets[0], LibC.LevelSocket, LibC.OptionReusePort, 1));
                }
            }

            return sockets;
        }
        catch
        {
            Close(sockets);
            throw;
        }
    }

    /// <summary>Sets what accepted sockets inherit, which is a call less for each of them.</summary>
    /// <exception cref="IOException">It is no internet socket.</exception>
    public static void SetInternetOptions(ListenEndpoint endpoint, int socket)
    {
        Check(endpoint, LibC.SetSocketOption(socket, LibC.LevelTcp, LibC.OptionNoDelay, 1));
        Check(endpoint, LibC.SetSocketOption(socket, LibC.LevelTcp, LibC.OptionNotSentLowAt, MostUnsent));
    }

    /// <summary>Opens the socket of a unix-domain endpoint, for every user who may enter its directory. The file of a server that is gone is replaced.</summary>
    /// <exception cref="IOException">It cannot be bound.</exception>
    public static int OpenUnix(ListenEndpoint endpoint, int backlog)
    {
        var name = stackalloc byte[SocketAddress.MaxSize];
        var length = (uint)SocketAddress.Write(new Span<byte>(name, SocketAddress.MaxSize), endpoint.UnixPath!);
        if (length == 0)
        {
            throw new IOException($"cannot listen on {endpoint}: the path is longer than 107 bytes");
        }

        var socket = Open(LibC.AddressFamilyUnix);
        if (socket < 0)
        {
            throw Failure(endpoint, LibC.Errno);
        }

        try
        {
            if (LibC.Bind(socket, name, length) != 0)
            {
                var error = LibC.Errno;
                if (error != LibC.EADDRINUSE || !IsStale(endpoint, name, length))
                {
                    throw Failure(endpoint, error);
                }

                File.Delete(endpoint.UnixPath!);
                Check(endpoint, LibC.Bind(socket, name, length));
            }

            UnixSocketFile.Open(endpoint);
            Check(endpoint, LibC.Listen(socket, backlog));
            return socket;
        }
        catch (Exception error)
        {
            _ = LibC.Close(socket);
            throw error is UnauthorizedAccessException ? Failure(endpoint, LibC.EACCES) : error;
        }
    }

    /// <summary>Whether nobody listens behind a socket file.</summary>
    private static bool IsStale(ListenEndpoint endpoint, byte* name, uint length)
    {
        // A file that can be opened is no socket, and not ours to delete; connecting to it is refused as well.
        var file = LibC.Open(name + 2, LibC.OpenNonBlocking | LibC.OpenCloseOnExec, 0);
        var error = file < 0 ? LibC.Errno : 0;
        if (error != LibC.ENXIO)
        {
            _ = file < 0 ? 0 : LibC.Close(file);
            throw file < 0 ? Failure(endpoint, error) : new IOException($"cannot listen on {endpoint}: there is a file of that name that is no socket");
        }

        var probe = Open(LibC.AddressFamilyUnix);
        if (probe < 0)
        {
            throw Failure(endpoint, LibC.Errno);
        }

        var stale = LibC.Connect(probe, name, length) != 0 && LibC.Errno == LibC.ECONNREFUSED;
        _ = LibC.Close(probe);
        return stale;
    }

    private static int Create(ListenEndpoint endpoint, ref IPAddress address)
    {
        var inet6 = address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;
        var socket = Open(inet6 ? LibC.AddressFamilyInet6 : LibC.AddressFamilyInet);
        if (socket < 0 && LibC.Errno == LibC.EAFNOSUPPORT && address.Equals(IPAddress.IPv6Any))
        {
            // Every address of a system without IPv6.
            address = IPAddress.Any;
            socket = Open(LibC.AddressFamilyInet);
        }

        if (socket < 0)
        {
            throw Failure(endpoint, LibC.Errno);
        }

        if (address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6
            && LibC.SetSocketOption(socket, LibC.LevelIPv6, LibC.OptionV6Only, address.Equals(IPAddress.IPv6Any) ? 0 : 1) != 0)
        {
            var error = LibC.Errno;
            _ = LibC.Close(socket);
            throw Failure(endpoint, error);
        }

        return socket;
    }

    private static int Open(int family) =>
        LibC.Socket(family, LibC.SocketStream | LibC.SocketNonBlocking | LibC.SocketCloseOnExec, 0);

    private static void Check(ListenEndpoint endpoint, int result)
    {
        if (result != 0)
        {
            throw Failure(endpoint, LibC.Errno);
        }
    }

    private static IOException Failure(ListenEndpoint endpoint, int errno) => new(
        $"cannot listen on {endpoint}: " + errno switch
        {
            LibC.EADDRINUSE => "address already in use",
            LibC.EACCES when endpoint.Port is > 0 and < 1024 => "permission denied: ports below 1024 need root or CAP_NET_BIND_SERVICE",
            LibC.EADDRNOTAVAIL => "this machine has no such address",
            LibC.EAFNOSUPPORT => "this machine does not support this kind of address",
            LibC.ENOENT => "its directory does not exist",
            _ => LibC.Describe(errno),
        });

    private static void Close(int[] sockets)
    {
        foreach (var socket in sockets)
        {
            _ = socket < 0 ? 0 : LibC.Close(socket);
        }
    }
}
