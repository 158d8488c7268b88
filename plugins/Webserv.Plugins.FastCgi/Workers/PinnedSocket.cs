using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Webserv.Gateway.Processes.Linux;

namespace Webserv.Plugins.FastCgi.Workers;

/// <summary>
/// The socket that a program has made as another user. It is held on to, and connected to through that: what its user puts in its
/// place later, such as a link to a socket that only root may use, is nobody's business.
/// </summary>
internal sealed unsafe partial class PinnedSocket : IDisposable
{
    private const int EmptyPath = 0x1000; // AT_EMPTY_PATH
    private const uint TypeAndOwner = 0x1 | 0x8; // STATX_TYPE | STATX_UID
    private const int OwnerOffset = 20; // stx_uid
    private const int ModeOffset = 28; // stx_mode
    private const int FormatMask = 0xF000; // S_IFMT
    private const int FormatSocket = 0xC000; // S_IFSOCK

    private readonly SafeFileHandle _handle;

    private PinnedSocket(SafeFileHandle handle) => _handle = handle;

    /// <summary>A path that leads to it, for this process alone.</summary>
    public string Path => string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{(int)_handle.DangerousGetHandle()}");

    /// <summary>Takes hold of it.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="owner">The number of the user who has made it.</param>
    /// <exception cref="IOException">There is none, or something else.</exception>
    public static PinnedSocket Open(string path, uint owner)
    {
        var descriptor = NativeLimits.Open(path, NativeLimits.PathOnly | NativeFiles.NoFollow | Native.CloseOnExec, 0);
        if (descriptor < 0)
        {
            throw new IOException($"{path}: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        var status = stackalloc byte[256];
        if (Status(descriptor, "", EmptyPath, TypeAndOwner, status) == 0
            && (*(ushort*)(status + ModeOffset) & FormatMask) == FormatSocket
            && *(uint*)(status + OwnerOffset) == owner)
        {
            return new PinnedSocket(handle);
        }

        handle.Dispose();
        throw new IOException($"{path} is no socket of the user {owner}");
    }

    public void Dispose() => _handle.Dispose();

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Status(int directory, string path, int flags, uint mask, byte* status);
}
