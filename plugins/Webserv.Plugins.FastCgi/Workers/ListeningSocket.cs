using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Webserv.Plugins.FastCgi.Workers;

/// <summary>
/// A listening unix socket that is made for another program. Not <see cref="System.Net.Sockets.Socket"/>: closing that one
/// deletes the file.
/// </summary>
internal static unsafe partial class ListeningSocket
{
    private const int Unix = 1; // AF_UNIX
    private const int StreamCloseOnExec = 0x80001; // SOCK_STREAM | SOCK_CLOEXEC
    private const int DuplicateCloseOnExec = 1030; // F_DUPFD_CLOEXEC
    private const int LeastDescriptor = 3;
    private const int Backlog = 511;
    private const int PathOffset = 2;
    private const int AddressSize = 110;

    /// <summary>Makes it.</summary>
    /// <param name="path">An absolute path of at most 107 bytes; nothing is there.</param>
    /// <exception cref="IOException">It cannot be made.</exception>
    public static SafeFileHandle Open(string path)
    {
        using var made = Check(Socket(Unix, StreamCloseOnExec, 0));
        var address = stackalloc byte[AddressSize];
        new Span<byte>(address, AddressSize).Clear();
        *(ushort*)address = Unix;
        var length = Encoding.UTF8.GetBytes(path, new Span<byte>(address + PathOffset, AddressSize - PathOffset - 1));
        if (Bind((int)made.DangerousGetHandle(), address, PathOffset + length + 1) != 0 || Listen((int)made.DangerousGetHandle(), Backlog) != 0)
        {
            throw Failed();
        }

        // Above 2, so that it survives being put in its place in the child.
        return Check(Control((int)made.DangerousGetHandle(), DuplicateCloseOnExec, LeastDescriptor));

        SafeFileHandle Check(int descriptor) => descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw Failed();

        IOException Failed() => new($"cannot listen on {path}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    private static partial int Bind(int descriptor, void* address, int length);

    [LibraryImport("libc", EntryPoint = "listen", SetLastError = true)]
    private static partial int Listen(int descriptor, int backlog);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(int descriptor, int command, int argument);
}
