using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Webserv.Gateway.Processes.Linux;

/// <summary>
/// Holds one child of <c>posix_spawn</c> up between its birth and its program, while the thread that spawns it waits in the
/// call: the last of the child's file actions opens a FIFO without a name, which takes until somebody opens the other end.
/// </summary>
/// <remarks>
/// There is one for each child. Another thread may spawn something at any moment, and for a moment that child has copies of
/// all descriptors, an opened gate among them.
/// </remarks>
internal sealed unsafe class SpawnGate : IDisposable
{
    private const int At = 3;
    private const int Scratch = 4;

    // The pipes of a child may have any number above 2 in the server; this is out of their way.
    private const int LeastDescriptor = 16;
    private const int LongestLink = 4096;

    private readonly string _path = Path.Join(Path.GetTempPath(), "webserv-" + Path.GetRandomFileName());
    private readonly SafeFileHandle _fifo;

    /// <exception cref="ProcessStartException">The system does not let us have it.</exception>
    public SpawnGate()
    {
        if (NativeLimits.MakeFifo(_path, NativeLimits.OwnerOnly) != 0)
        {
            throw Failed("mkfifo");
        }

        // It has a name for a moment only, so that nothing is left behind and nobody else opens it.
        try
        {
            var descriptor = NativeLimits.Open(_path, NativeLimits.PathOnly | Native.CloseOnExec, 0);
            if (descriptor < 0)
            {
                throw Failed("open");
            }

            using var first = new SafeFileHandle(descriptor, ownsHandle: true);
            var moved = Native.Control(descriptor, Native.DuplicateCloseOnExec, LeastDescriptor);
            _fifo = moved >= 0 ? new SafeFileHandle(moved, ownsHandle: true) : throw Failed("fcntl");
        }
        finally
        {
            _ = NativeLimits.Unlink(_path);
        }
    }

    /// <summary>Adds the waiting to what the child does. It must have its three pipes in place; nothing else is open afterwards.</summary>
    /// <returns>0, or an error number.</returns>
    public int AddTo(void* actions)
    {
        ReadOnlySpan<int> results =
        [
            Native.AddDuplicate(actions, (int)_fifo.DangerousGetHandle(), At),
            Native.AddCloseFrom(actions, Scratch),
            NativeLimits.AddOpen(actions, Scratch, PathOf(At), NativeLimits.ReadOnly, 0),
            Native.AddCloseFrom(actions, At),
        ];
        foreach (var result in results)
        {
            if (result != 0)
            {
                return result;
            }
        }

        return 0;
    }

    /// <summary>Whether a process is the child that has not passed yet.</summary>
    public bool IsHeld(int pid)
    {
        // Followed by " (deleted)".
        Span<byte> target = stackalloc byte[LongestLink];
        fixed (byte* pointer = target)
        {
            var length = NativeLimits.ReadLink(
                string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/fd/{At}"), pointer, (nuint)target.Length);
            return length > 0 && Encoding.UTF8.GetString(target[..(int)length]).StartsWith(_path, StringComparison.Ordinal);
        }
    }

    /// <summary>Lets the child go on to its program.</summary>
    /// <returns>To be kept open until it has.</returns>
    /// <exception cref="ProcessStartException">It cannot be let go on.</exception>
    public SafeFileHandle Open()
    {
        var descriptor = NativeLimits.Open(
            PathOf((int)_fifo.DangerousGetHandle()), NativeLimits.ReadWrite | NativeLimits.NonBlocking | Native.CloseOnExec, 0);
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw Failed("open");
    }

    public void Dispose() => _fifo.Dispose();

    private static string PathOf(int descriptor) => string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{descriptor}");

    private ProcessStartException Failed(string call)
    {
        var error = Marshal.GetLastPInvokeError();
        return Errno.CannotLimit($"{call} {_path}: {Marshal.GetPInvokeErrorMessage(error)}", error);
    }
}
