using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Webserv.Host.Transport.Epoll;

/// <summary>An array of <c>struct epoll_event</c>, which is packed on x86-64 and nowhere else.</summary>
internal sealed unsafe class EpollEvents
{
    private static readonly int DataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int Size = DataOffset + sizeof(ulong);
    private byte* _events;

    /// <summary>An array of so many events.</summary>
    public EpollEvents(int capacity)
    {
        Capacity = capacity;
        _events = (byte*)NativeMemory.AllocZeroed((nuint)(capacity * Size));
    }

    /// <summary>How many events fit.</summary>
    public int Capacity { get; }

    /// <summary>Adds a descriptor to an epoll instance; 0 or the error number.</summary>
    public static int Add(int epoll, int descriptor, uint events, ulong data)
    {
        var registration = stackalloc byte[16];
        Unsafe.WriteUnaligned(registration, events);
        Unsafe.WriteUnaligned(registration + DataOffset, data);
        return LibC.EpollControl(epoll, LibC.EpollAdd, descriptor, registration) == 0 ? 0 : LibC.Errno;
    }

    /// <summary>Takes a descriptor out of an epoll instance.</summary>
    public static void Delete(int epoll, int descriptor)
    {
        var registration = stackalloc byte[16];
        _ = LibC.EpollControl(epoll, LibC.EpollDelete, descriptor, registration);
    }

    /// <summary>Waits for events; the number of them, or -1.</summary>
    public int Wait(int epoll, int timeout) => LibC.EpollWait(epoll, _events, Capacity, timeout);

    /// <summary>One of the events that the last wait brought.</summary>
    public uint Get(int index, out ulong data)
    {
        var at = _events + (index * Size);
        data = Unsafe.ReadUnaligned<ulong>(at + DataOffset);
        return Unsafe.ReadUnaligned<uint>(at);
    }

    /// <summary>Frees the array; for the loop, when it has ended.</summary>
    public void Free()
    {
        NativeMemory.Free(_events);
        _events = null;
    }
}
