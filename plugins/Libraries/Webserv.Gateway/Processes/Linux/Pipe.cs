using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Webserv.Gateway.Processes.Linux;

/// <summary>A pipe. Neither end is 0, 1 or 2, so that both survive being put in their places in the child.</summary>
internal sealed class Pipe : IDisposable
{
    public unsafe Pipe(string program)
    {
        var ends = stackalloc int[2];
        if (Native.Pipe(ends, Native.CloseOnExec) != 0)
        {
            throw Errno.StartFailed(program, Marshal.GetLastPInvokeError());
        }

        Reader = new SafeFileHandle(ends[0], ownsHandle: true);
        Writer = new SafeFileHandle(ends[1], ownsHandle: true);
        try
        {
            Reader = AboveStandard(Reader, program);
            Writer = AboveStandard(Writer, program);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The end that is read from.</summary>
    public SafeFileHandle Reader { get; }

    /// <summary>The end that is written to.</summary>
    public SafeFileHandle Writer { get; }

    /// <summary>Gives an end to a user, who can open it anew then (<c>/dev/stdout</c>).</summary>
    /// <exception cref="ProcessStartException">It cannot be given away.</exception>
    public static void Give(SafeFileHandle end, ProcessIdentity identity, string program)
    {
        if (NativeLimits.ChangeOwner((int)end.DangerousGetHandle(), identity.User, identity.Group) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            throw Errno.CannotLimit($"fchown for {program}: {Marshal.GetPInvokeErrorMessage(error)}", error);
        }
    }

    public void Dispose()
    {
        Reader.Dispose();
        Writer.Dispose();
    }

    private static SafeFileHandle AboveStandard(SafeFileHandle end, string program)
    {
        var descriptor = (int)end.DangerousGetHandle();
        if (descriptor > 2)
        {
            return end;
        }

        var moved = Native.Control(descriptor, Native.DuplicateCloseOnExec, 3);
        if (moved < 0)
        {
            throw Errno.StartFailed(program, Marshal.GetLastPInvokeError());
        }

        end.Dispose();
        return new SafeFileHandle(moved, ownsHandle: true);
    }
}
