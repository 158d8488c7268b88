using System.Text;

namespace Webserv.Host.Files;

/// <summary>Whose a file is, where the system tells.</summary>
internal static unsafe class FileOwner
{
    /// <summary>The user that this process acts as; <see langword="null"/> where that cannot be told.</summary>
    public static uint? OfProcess { get; } = OperatingSystem.IsLinux() ? LinuxCalls.GetEffectiveUser() : null;

    /// <summary>The user that a file or directory belongs to, that behind a symbolic link; <see langword="null"/> where it cannot be told.</summary>
    /// <exception cref="IOException">It cannot be looked at.</exception>
    public static uint? Of(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        StatxBuffer buffer;
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
        {
            return LinuxCalls.Statx(LinuxCalls.AtCurrentDirectory, name, 0, LinuxCalls.StatxBasicStats, &buffer) == 0
                ? buffer.Owner
                : throw new IOException($"{path} cannot be looked at");
        }
    }
}
