using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Webserv.Gateway.Processes.Linux;

/// <summary>The marks in the environments of processes.</summary>
internal static class ProcessMarks
{
    /// <summary>The variable.</summary>
    public const string Variable = "WEBSERV_SCRIPT_ID";

    /// <summary>The length of a mark.</summary>
    public const int Length = 24;

    /// <summary>
    /// The mark of nobody. A process that forks for scripts is started with it, so that the environment that the system shows of
    /// each copy has room for the mark of the script that it becomes.
    /// </summary>
    public const string Nobody = "000000000000000000000000";

    private const int FirstBuffer = 16 * 1024;

    // The system takes no more than 6 MB for arguments and environment.
    private const int LargestBuffer = 8 << 20;

    private static readonly byte[] Prefix = Encoding.ASCII.GetBytes(Variable + "=");

    /// <summary>Finds the processes that have one of certain marks.</summary>
    public static List<MarkedProcess> Find(Func<string, bool> isSought)
    {
        var found = new List<MarkedProcess>();
        var buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
        try
        {
            foreach (var directory in Directory.EnumerateDirectories("/proc"))
            {
                if (int.TryParse(Path.GetFileName(directory.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
                    && pid != Environment.ProcessId
                    && Read(pid, ref buffer) is { } mark
                    && isSought(mark))
                {
                    var process = new MarkedProcess(pid, mark, ProcessHandle.Open(pid));

                    // Only now nobody else can have the number.
                    if (Read(pid, ref buffer) == mark)
                    {
                        found.Add(process);
                    }
                    else
                    {
                        process.Dispose();
                    }
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return found;
    }

    /// <summary>The mark of a process; <see langword="null"/> where it has none or may not be asked.</summary>
    private static string? Read(int pid, ref byte[] buffer)
    {
        var descriptor = NativeLimits.Open(
            string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/environ"), NativeLimits.ReadOnly | Native.CloseOnExec, 0);
        if (descriptor < 0)
        {
            // Ended, or somebody else's. No descriptors left is another matter.
            return Marshal.GetLastPInvokeError() is var error && Errno.IsOutOfDescriptors(error)
                ? throw new IOException(Marshal.GetPInvokeErrorMessage(error))
                : null;
        }

        using var file = new SafeFileHandle(descriptor, ownsHandle: true);
        var length = 0;
        try
        {
            int count;
            while ((count = RandomAccess.Read(file, buffer.AsSpan(length), length)) > 0)
            {
                length += count;
                if (length == buffer.Length)
                {
                    if (length >= LargestBuffer)
                    {
                        break;
                    }

                    var larger = ArrayPool<byte>.Shared.Rent(length * 2);
                    buffer.AsSpan(0, length).CopyTo(larger);
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = larger;
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null; // It has ended meanwhile, or become somebody else.
        }

        return MarkIn(buffer.AsSpan(0, length));
    }

    private static string? MarkIn(ReadOnlySpan<byte> environment)
    {
        for (var rest = environment; rest.IndexOf(Prefix) is var start and >= 0; rest = rest[(start + 1)..])
        {
            var value = rest[(start + Prefix.Length)..];
            if ((start == 0 ? rest.Length == environment.Length : rest[start - 1] == 0) && value.Length > Length && value[Length] == 0)
            {
                return Encoding.ASCII.GetString(value[..Length]);
            }
        }

        return null;
    }
}
