using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Webserv.Gateway.Processes;
using Webserv.Gateway.Processes.Linux;

namespace Webserv.Plugins.Cgi.Python;

/// <summary>The socket calls behind <see cref="ForkServerChannel"/>, and the notice of a process's end.</summary>
internal static unsafe partial class NativeSocket
{
    private const int Unix = 1; // AF_UNIX
    private const int SequencedPackets = 5; // SOCK_SEQPACKET
    private const int SocketLevel = 1; // SOL_SOCKET
    private const int Rights = 1; // SCM_RIGHTS
    private const int DontWait = 0x40; // MSG_DONTWAIT
    private const int NoSignal = 0x4000; // MSG_NOSIGNAL
    private const int MostDescriptors = 3;
    private const string C = "libc";

    /// <summary>Two ends of a socket that keeps messages apart. Neither is 0, 1 or 2.</summary>
    /// <exception cref="ProcessStartException">The system has none.</exception>
    public static (SafeFileHandle Own, SafeFileHandle Other) OpenPair(string program)
    {
        var ends = stackalloc int[2];
        if (Pair(Unix, SequencedPackets | Native.CloseOnExec, 0, ends) != 0)
        {
            throw Errno.StartFailed(program, Marshal.GetLastPInvokeError());
        }

        using var own = new SafeFileHandle(ends[0], ownsHandle: true);
        using var other = new SafeFileHandle(ends[1], ownsHandle: true);
        return (Duplicate(own, program), Duplicate(other, program));
    }

    /// <summary>The same end under another number above 2.</summary>
    /// <exception cref="ProcessStartException">There is no number left.</exception>
    public static SafeFileHandle Duplicate(SafeFileHandle end, string program)
    {
        var descriptor = Native.Control((int)end.DangerousGetHandle(), Native.DuplicateCloseOnExec, 3);
        return descriptor >= 0
            ? new SafeFileHandle(descriptor, ownsHandle: true)
            : throw Errno.StartFailed(program, Marshal.GetLastPInvokeError());
    }

    /// <summary>Sends one message with descriptors, without waiting.</summary>
    /// <returns>0, or an error number.</returns>
    public static int Send(SafeFileHandle socket, ReadOnlySpan<byte> message, ReadOnlySpan<int> descriptors)
    {
        var control = stackalloc byte[64];
        var header = (ControlHeader*)control;
        var begin = sizeof(ControlHeader);
        header->Length = (nuint)(begin + (descriptors.Length * sizeof(int)));
        header->Level = SocketLevel;
        header->Type = Rights;
        descriptors[..Math.Min(descriptors.Length, MostDescriptors)].CopyTo(new Span<int>(control + begin, MostDescriptors));
        fixed (byte* start = message)
        {
            var piece = new Piece { Start = start, Length = (nuint)message.Length };
            var whole = new Message { Pieces = &piece, PieceCount = 1 };
            if (!descriptors.IsEmpty)
            {
                whole.Control = control;
                whole.ControlLength = (header->Length + (nuint)sizeof(nint) - 1) & ~((nuint)sizeof(nint) - 1);
            }

            while (SendMessage(socket, &whole, DontWait | NoSignal) < 0)
            {
                if (Marshal.GetLastPInvokeError() is var error and not Errno.Interrupted)
                {
                    return error;
                }
            }

            return 0;
        }
    }

    /// <summary>A descriptor that becomes readable when a process ends, or <see langword="null"/> where there is none.</summary>
    public static SafeFileHandle? OpenProcess(int pid)
    {
        var descriptor = (int)Native.SystemCall(Native.PidfdOpen, pid, 0);
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    [LibraryImport(C, EntryPoint = "socketpair", SetLastError = true)]
    private static partial int Pair(int domain, int type, int protocol, int* ends);

    [LibraryImport(C, EntryPoint = "sendmsg", SetLastError = true)]
    private static partial nint SendMessage(SafeFileHandle socket, Message* message, int flags);

    [StructLayout(LayoutKind.Sequential)]
    private struct Piece
    {
        public byte* Start;
        public nuint Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Message
    {
        public void* Name;
        public uint NameLength;
        public Piece* Pieces;
        public nuint PieceCount;
        public void* Control;
        public nuint ControlLength;
        public int Flags;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct ControlHeader
    {
        public nuint Length;
        public int Level;
        public int Type;
    }
}
