using System.Runtime.InteropServices;

namespace Webserv.Host.Transport.Epoll;

/// <summary>
/// The system calls and their constants, as they are on Linux on x86-64 and arm64. Signatures are blittable; a failed call
/// returns -1 and <see cref="Errno"/>, read at once, says why.
/// </summary>
internal static unsafe partial class LibC
{
    public const int AddressFamilyUnix = 1, AddressFamilyInet = 2, AddressFamilyInet6 = 10;
    public const int SocketStream = 1, SocketNonBlocking = 0x800, SocketCloseOnExec = 0x80000;
    public const int LevelSocket = 1, LevelTcp = 6, LevelIPv6 = 41;
    public const int OptionReuseAddress = 2, OptionLinger = 13, OptionReusePort = 15, OptionNoDelay = 1, OptionNotSentLowAt = 25, OptionV6Only = 26;
    public const int MessagePeek = 0x2, MessageNoSignal = 0x4000, MessageMore = 0x8000;
    public const int ShutdownWrite = 1;
    public const short PollIn = 1;
    public const int OptionType = 3, OptionAccepting = 30;
    public const int SetDescriptorFlags = 2, CloseOnExecFlag = 1, DuplicateCloseOnExec = 1030;
    public const int GetFlags = 3, SetFlags = 4, OpenNonBlocking = 0x800, OpenCloseOnExec = 0x80000;
    public const int EpollCloseOnExec = 0x80000, EpollAdd = 1, EpollDelete = 2;
    public const uint EpollIn = 0x1, EpollOut = 0x4, EpollError = 0x8, EpollHangUp = 0x10, EpollPeerHangUp = 0x2000;
    public const uint EpollExclusive = 1u << 28, EpollEdge = 1u << 31;
    public const nuint OutputQueue = 0x5411;
    public const int EventNonBlocking = 0x800, EventCloseOnExec = 0x80000;

    public const int EPERM = 1, EINTR = 4, ENXIO = 6, EAGAIN = 11, ENOMEM = 12, EACCES = 13, EINVAL = 22, ENFILE = 23, EMFILE = 24,
        EPIPE = 32, ENONET = 64, EPROTO = 71, ENOPROTOOPT = 92, EOPNOTSUPP = 95, ENETDOWN = 100, ENETUNREACH = 101, ECONNABORTED = 103,
        ECONNRESET = 104, ETIMEDOUT = 110, EHOSTDOWN = 112, EHOSTUNREACH = 113, EAFNOSUPPORT = 97, EADDRINUSE = 98, EADDRNOTAVAIL = 99, ENOBUFS = 105, ECONNREFUSED = 111, ENOENT = 2;

    /// <summary>Why the system call just made on this thread failed.</summary>
    public static int Errno => Marshal.GetLastSystemError();

    /// <summary>An error number in words, the way the C library says it, in lower case.</summary>
    public static string Describe(int errno)
    {
        var text = Marshal.GetPInvokeErrorMessage(errno);
        return text.Length == 0 ? $"error {errno}" : char.ToLowerInvariant(text[0]) + text[1..];
    }

    [LibraryImport("libc", EntryPoint = "socket")]
    public static partial int Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "setsockopt")]
    public static partial int SetSocketOption(int socket, int level, int name, void* value, uint length);

    [LibraryImport("libc", EntryPoint = "getsockopt")]
    public static partial int GetSocketOption(int socket, int level, int name, void* value, uint* length);

    [LibraryImport("libc", EntryPoint = "bind")]
    public static partial int Bind(int socket, byte* address, uint length);

    [LibraryImport("libc", EntryPoint = "listen")]
    public static partial int Listen(int socket, int backlog);

    [LibraryImport("libc", EntryPoint = "connect")]
    public static partial int Connect(int socket, byte* address, uint length);

    [LibraryImport("libc", EntryPoint = "accept4")]
    public static partial int Accept(int socket, byte* address, uint* length, int flags);

    [LibraryImport("libc", EntryPoint = "getsockname")]
    public static partial int GetSocketName(int socket, byte* address, uint* length);

    [LibraryImport("libc", EntryPoint = "recv")]
    public static partial nint Receive(int socket, byte* buffer, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "send")]
    public static partial nint Send(int socket, byte* buffer, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "sendmsg")]
    public static partial nint SendMessage(int socket, MessageHeader* message, int flags);

    [LibraryImport("libc", EntryPoint = "sendfile")]
    public static partial nint SendFile(int socket, int file, long* offset, nuint count);

    [LibraryImport("libc", EntryPoint = "shutdown")]
    public static partial int Shutdown(int socket, int how);

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "read")]
    public static partial nint Read(int descriptor, byte* buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "write")]
    public static partial nint Write(int descriptor, byte* buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "access")]
    public static partial int Access(byte* path, int rights);

    [LibraryImport("libc", EntryPoint = "open")]
    public static partial int Open(byte* path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "fcntl")]
    public static partial int Control(int descriptor, int command, nint argument);

    [LibraryImport("libc", EntryPoint = "ioctl")]
    public static partial int DeviceControl(int descriptor, nuint request, int* argument);

    [LibraryImport("libc", EntryPoint = "poll")]
    public static partial int Poll(PollEntry* entries, nuint count, int timeout);

    [LibraryImport("libc", EntryPoint = "epoll_create1")]
    public static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl")]
    public static partial int EpollControl(int epoll, int operation, int descriptor, byte* registration);

    [LibraryImport("libc", EntryPoint = "epoll_wait")]
    public static partial int EpollWait(int epoll, byte* events, int count, int timeout);

    [LibraryImport("libc", EntryPoint = "eventfd")]
    public static partial int EventDescriptor(uint value, int flags);

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    public static partial int GetResourceLimit(int resource, ResourceLimit* limit);

    /// <summary>Sets an option that is an int.</summary>
    public static int SetSocketOption(int socket, int level, int name, int value) =>
        SetSocketOption(socket, level, name, &value, sizeof(int));

    /// <summary><c>struct rlimit</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct ResourceLimit
    {
        public nuint Current;
        public nuint Maximum;
    }

    /// <summary><c>struct iovec</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Vector
    {
        public byte* Start;
        public nuint Length;
    }

    /// <summary><c>struct msghdr</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct MessageHeader
    {
        public void* Name;
        public uint NameLength;
        public Vector* Vectors;
        public nuint VectorCount;
        public void* Control;
        public nuint ControlLength;
        public int Flags;
    }

    /// <summary><c>struct pollfd</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }

    /// <summary><c>struct linger</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Linger
    {
        public int OnOff;
        public int Seconds;
    }
}
