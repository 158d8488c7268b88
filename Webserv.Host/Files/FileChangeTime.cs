using System.Text;

namespace Webserv.Host.Files;

/// <summary>When a file was changed in any way, where the system tells: nobody can set that back, other than the time of its content.</summary>
internal static unsafe class FileChangeTime
{
    /// <summary>In nanoseconds since 1970, of the file behind a symbolic link; <see langword="null"/> where it cannot be told.</summary>
    /// <exception cref="IOException">It cannot be looked at.</exception>
    public static long? Of(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        StatxBuffer buffer;
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
        {
            return LinuxCalls.Statx(LinuxCalls.AtCurrentDirectory, name, 0, LinuxCalls.StatxBasicStats, &buffer) == 0
                ? unchecked((buffer.ChangedSeconds * 1_000_000_000) + buffer.ChangedNanoseconds)
                : throw new IOException($"{path} cannot be looked at");
        }
    }
}
