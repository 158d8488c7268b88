using System.Buffers.Text;
using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Webserv.Gateway.Processes.Linux;

/// <summary>
/// How a process ends that has not been collected. Its pipes are closed a moment before it can be: whoever has read the end
/// of one finds here what that means, without waiting.
/// </summary>
internal static class ExitingProcess
{
    private const int FlagsField = 6; // Behind the name, of those in proc_pid_stat(5) the ninth.
    private const int StatusField = 49;
    private const uint Exiting = 0x4; // PF_EXITING
    private const uint Signaled = 0x400; // PF_SIGNALED
    private const int MostLength = 1024;

    /// <summary>Its exit; <see langword="null"/> where it runs, or the system does not say.</summary>
    /// <param name="pid">A child that nobody has collected.</param>
    public static ProcessExit? Find(int pid)
    {
        var descriptor = NativeLimits.Open(
            string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"), NativeLimits.ReadOnly | Native.CloseOnExec, 0);
        if (descriptor < 0)
        {
            return null;
        }

        using var file = new SafeFileHandle(descriptor, ownsHandle: true);
        Span<byte> text = stackalloc byte[MostLength];
        try
        {
            text = text[..RandomAccess.Read(file, text, 0)];
        }
        catch (IOException)
        {
            return null; // Collected meanwhile.
        }

        // The name is in parentheses and may hold anything.
        text = text[(text.LastIndexOf((byte)')') + 1)..].Trim(" \n"u8);
        uint flags = 0;
        var (status, field) = (0, 0);
        foreach (var word in ((ReadOnlySpan<byte>)text).Split((byte)' '))
        {
            if (field == FlagsField)
            {
                _ = Utf8Parser.TryParse(text[word], out flags, out _);
            }
            else if (field == StatusField)
            {
                _ = Utf8Parser.TryParse(text[word], out status, out _);
            }

            field++;
        }

        // The status is not told of a process that has become somebody else; that a signal ends it is.
        return (flags & Exiting) == 0 ? null
            : (status & 0x7F) is not 0 and var signal ? new ProcessExit(null, signal)
            : (flags & Signaled) != 0 ? new ProcessExit(null, 0)
            : new ProcessExit((status >> 8) & 0xFF);
    }
}
