using System.Runtime.InteropServices;
using Webserv.Host.Transport.Epoll;

namespace Webserv.Host.Server.Watching;

/// <summary>Tells whether somebody has a file open for writing, where the system says so.</summary>
internal static class FileLease
{
    private const int SetSignal = 10; // F_SETSIG
    private const int UrgentCondition = 23; // SIGURG, which is ignored where nobody asks for it
    private const int SetLease = 1024; // F_SETLEASE
    private const int ReadLease = 0; // F_RDLCK
    private const int NoLease = 2; // F_UNLCK
    private const int TryAgain = 11; // EAGAIN

    /// <summary>
    /// Whether it is being written. A lease for reading is refused while a writer has the file open (fcntl(2)); it is given back at
    /// once. Leases are for a file's owner and root, on local file systems: what cannot be known is not being written.
    /// </summary>
    public static bool IsBeingWritten(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        try
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var descriptor = (int)file.DangerousGetHandle();
            // Who opens it for writing in the moment of the lease makes the system send a signal; SIGIO would end the process.
            if (LibC.Control(descriptor, SetSignal, UrgentCondition) < 0)
            {
                return false;
            }

            if (LibC.Control(descriptor, SetLease, ReadLease) < 0)
            {
                return Marshal.GetLastSystemError() == TryAgain;
            }

            _ = LibC.Control(descriptor, SetLease, NoLease);
            return false;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false; // Gone, or not ours to read: that is found out when it is loaded.
        }
    }
}
