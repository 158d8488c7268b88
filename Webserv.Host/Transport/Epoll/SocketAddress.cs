using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Webserv.Host.Transport.Epoll;

/// <summary>Addresses as the system calls see them: <c>sockaddr_in</c>, <c>sockaddr_in6</c>, <c>sockaddr_un</c>.</summary>
internal static unsafe class SocketAddress
{
    /// <summary>Room for any of them.</summary>
    public const int MaxSize = 128;

    private const int InetSize = 16;
    private const int Inet6Size = 28;

    // sun_path holds 108 bytes and has to end with a zero.
    private const int MaxPathLength = 107;

    /// <summary>Writes an address; its size, or 0 where the path of a unix-domain socket does not fit.</summary>
    public static int Write(Span<byte> target, IPAddress address, int port)
    {
        target[..Inet6Size].Clear();
        var inet6 = address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;
        BitConverter.TryWriteBytes(target, (ushort)(inet6 ? LibC.AddressFamilyInet6 : LibC.AddressFamilyInet));
        BinaryPrimitives.WriteUInt16BigEndian(target[2..], (ushort)port);
        address.TryWriteBytes(target[(inet6 ? 8 : 4)..], out _);
        if (!inet6)
        {
            return InetSize;
        }

        BitConverter.TryWriteBytes(target[24..], (uint)address.ScopeId);
        return Inet6Size;
    }

    /// <summary>Writes the path of a unix-domain socket; the size, or 0 where it is too long.</summary>
    public static int Write(Span<byte> target, string path)
    {
        target.Clear();
        BitConverter.TryWriteBytes(target, (ushort)LibC.AddressFamilyUnix);
        var length = Encoding.UTF8.GetByteCount(path);
        return length > MaxPathLength ? 0 : 2 + Encoding.UTF8.GetBytes(path, target[2..]) + 1;
    }

    /// <summary>Reads an internet address; nothing for any other kind.</summary>
    public static PeerAddress Read(ReadOnlySpan<byte> source)
    {
        if (source.Length < InetSize)
        {
            return default;
        }

        var port = BinaryPrimitives.ReadUInt16BigEndian(source[2..]);
        return BitConverter.ToUInt16(source) switch
        {
            LibC.AddressFamilyInet => new PeerAddress(source.Slice(4, 4), 0, port),
            LibC.AddressFamilyInet6 when source.Length >= Inet6Size => new PeerAddress(source.Slice(8, 16), BitConverter.ToUInt32(source[24..]), port),
            _ => default,
        };
    }

    /// <summary>The own address of a socket; <see langword="null"/> where it has none.</summary>
    public static IPEndPoint? LocalOf(int socket)
    {
        var address = stackalloc byte[MaxSize];
        uint length = MaxSize;
        return LibC.GetSocketName(socket, address, &length) == 0
            ? Read(new ReadOnlySpan<byte>(address, (int)Math.Min(length, MaxSize))).ToEndPoint()
            : null;
    }
}
