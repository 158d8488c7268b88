using System.Globalization;

namespace Webserv.Gateway.Processes.Linux;

/// <summary>
/// Runs a program as another user through <c>chroot(1)</c> of coreutils, which with the root it has becomes that user and then
/// the program. A thread of the server that became the user for a moment would be quicker, and any process of that user
/// could kill the server by it; <c>setpriv(1)</c> keeps root's capabilities until it runs the program, and so runs what the
/// user may not.
/// </summary>
internal static class IdentityLauncher
{
    public const string Name = "chroot";

    private const int NotExecutable = 126;
    private const int NotFound = 127;

    private static readonly byte[] ElfMagic = [0x7F, (byte)'E', (byte)'L', (byte)'F'];

    /// <summary>Where it is; not through PATH, since it starts as root.</summary>
    public static string? Program { get; } =
        new[] { "/usr/sbin", "/usr/bin", "/sbin", "/bin" }.Select(static directory => Path.Join(directory, Name)).FirstOrDefault(File.Exists);

    /// <summary>What to start so that it becomes what was to be started.</summary>
    /// <exception cref="ProcessStartException">It could not be started in the end.</exception>
    public static ProcessStart Wrap(ProcessStart start, ProcessIdentity identity)
    {
        ThrowIfNoProgram(start.Program);
        return start with
        {
            Program = Program ?? throw new ProcessStartException(ProcessStartFailure.Other, $"{Name} is not installed (package coreutils)"),
            Arguments =
            [
                string.Create(CultureInfo.InvariantCulture, $"--userspec=+{identity.User}:+{identity.Group}"),
                "--groups=" + string.Join(',', identity.Groups.Select(static group => string.Create(CultureInfo.InvariantCulture, $"+{group}"))),
                "--skip-chdir",
                "/",
                start.Program,
                .. start.Arguments,
            ],
        };
    }

    /// <summary>Why a program was not started after all, where its process has ended as chroot.</summary>
    /// <param name="pid">The process, dead and not reaped.</param>
    /// <param name="code">Its exit status.</param>
    /// <param name="program">The program.</param>
    /// <param name="limits">Its limits.</param>
    public static ProcessStartException? FindFailure(int pid, int? code, string program, ProcessLimits limits)
    {
        if (code is null or 0 || !IsStillItself(pid))
        {
            return null;
        }

        var (failure, reason) = code switch
        {
            NotFound => (ProcessStartFailure.NotFound, "it, or the interpreter that its first line names, does not exist"),

            // What chroot says is in the log; its status does not tell the two apart.
            NotExecutable when limits.Processes is not null && IsExecutable(program) =>
                (ProcessStartFailure.Busy, "its user has as many processes as it may, or may not execute it"),
            NotExecutable => (ProcessStartFailure.NotExecutable, "its user may not execute it (chmod +x?)"),
            _ => (ProcessStartFailure.Other, $"{Name} failed with status {code}"),
        };
        return new ProcessStartException(failure, $"cannot start {program}: {reason}");
    }

    private static bool IsStillItself(int pid)
    {
        try
        {
            return File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/comm")).TrimEnd('\n') == Name;
        }
        catch (IOException)
        {
            return false; // Collected by the system.
        }
    }

    private static bool IsExecutable(string program) =>
        !OperatingSystem.IsWindows()
        && File.Exists(program)
        && (File.GetUnixFileMode(program) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0;

    // execvp runs a file that is no program with the shell, the system itself refuses it.
    private static void ThrowIfNoProgram(string program)
    {
        Span<byte> magic = stackalloc byte[4];
        try
        {
            using var file = File.OpenHandle(program);
            var length = RandomAccess.Read(file, magic, 0);
            if (!magic[..length].StartsWith("#!"u8) && !magic[..length].SequenceEqual(ElfMagic))
            {
                throw Errno.StartFailed(program, Errno.UnknownFormat);
            }
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Errno.StartFailed(program, Errno.NotFound);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Root may read what is there to be read; whatever this is, chroot will say.
        }
    }
}
