using System.Text;
using Webserv.Host.Transport.Epoll;

namespace Webserv.Host.Transport.Activation;

/// <summary>Finds out what a descriptor that was handed over is, and makes it fit to be accepted from.</summary>
internal static unsafe class SocketInspection
{
    /// <summary>Looks at a descriptor. It is closed in children and does not block from here on.</summary>
    public static InheritedSocket Inspect(int descriptor, string name)
    {
        if (LibC.Control(descriptor, LibC.SetDescriptorFlags, LibC.CloseOnExecFlag) < 0)
        {
            return new InheritedSocket(descriptor, name, null, LibC.Describe(LibC.Errno));
        }

        if (GetOption(descriptor, LibC.OptionType) != LibC.SocketStream || GetOption(descriptor, LibC.OptionAccepting) != 1)
        {
            return new InheritedSocket(descriptor, name, null, "not a stream socket that listens");
        }

        // The flag belongs to the open socket, which the process before may have left blocking.
        var flags = LibC.Control(descriptor, LibC.GetFlags, 0);
        _ = LibC.Control(descriptor, LibC.SetFlags, flags | LibC.OpenNonBlocking);
        var endpoint = ReadEndpoint(descriptor);
        return new InheritedSocket(descriptor, name, endpoint, endpoint?.ToString() ?? "an address that no endpoint can have");
    }

    /// <summary>The port of a listening socket; 0 where it has none.</summary>
    public static int PortOf(int descriptor) => SocketAddress.LocalOf(descriptor)?.Port ?? 0;

    private static ListenEndpoint? ReadEndpoint(int descriptor)
    {
        var address = stackalloc byte[SocketAddress.MaxSize];
        uint length = SocketAddress.MaxSize;
        if (LibC.GetSocketName(descriptor, address, &length) != 0)
        {
            return null;
        }

        var name = new ReadOnlySpan<byte>(address, (int)Math.Min(length, SocketAddress.MaxSize));
        if (SocketAddress.Read(name).ToEndPoint() is { } internet)
        {
            return new ListenEndpoint(internet.Address, internet.Port, null);
        }

        // The path of a unix-domain socket ends with a zero or with the address; an abstract name begins with a zero.
        if (name.Length <= 3 || BitConverter.ToUInt16(name) != LibC.AddressFamilyUnix || name[2] == 0)
        {
            return null;
        }

        var path = name[2..];
        var end = path.IndexOf((byte)0);
        return new ListenEndpoint(null, 0, Path.GetFullPath(Encoding.UTF8.GetString(end < 0 ? path : path[..end])));
    }

    private static int GetOption(int descriptor, int option)
    {
        int value;
        uint length = sizeof(int);
        return LibC.GetSocketOption(descriptor, LibC.LevelSocket, option, &value, &length) == 0 ? value : -1;
    }
}
