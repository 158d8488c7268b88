using System.Net;
using System.Runtime.CompilerServices;

namespace Webserv.Host.Transport.Epoll;

/// <summary>
/// The address and port of a peer in a third of the memory of an <see cref="IPEndPoint"/>, since every idle connection keeps
/// one and hardly ever somebody asks for it.
/// </summary>
internal readonly struct PeerAddress
{
    private readonly Octets _octets;
    private readonly uint _scope;
    private readonly ushort _port;
    private readonly byte _length;

    /// <summary>Takes an address of 4 or 16 bytes.</summary>
    public PeerAddress(ReadOnlySpan<byte> address, uint scope, int port)
    {
        address.CopyTo(_octets);
        _length = (byte)address.Length;
        _scope = scope;
        _port = (ushort)port;
    }

    /// <summary>Whether there is an address; peers on unix-domain sockets have none.</summary>
    public bool Exists => _length > 0;

    /// <summary>The address in the usual form, made anew each time; IPv4 in IPv6 as IPv4.</summary>
    public IPEndPoint? ToEndPoint()
    {
        if (_length == 0)
        {
            return null;
        }

        ReadOnlySpan<byte> octets = _octets;
        var address = _length == 4 ? new IPAddress(octets[..4]) : new IPAddress(octets, _scope);
        return new IPEndPoint(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, _port);
    }

    [InlineArray(16)]
    private struct Octets
    {
        private byte _first;
    }
}
