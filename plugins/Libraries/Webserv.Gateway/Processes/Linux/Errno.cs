using System.Runtime.InteropServices;

namespace Webserv.Gateway.Processes.Linux;

/// <summary>The error numbers that are told apart; the same on every architecture Linux and .NET share.</summary>
internal static class Errno
{
    public const int NotFound = 2; // ENOENT
    public const int NoSuchProcess = 3; // ESRCH
    public const int Interrupted = 4; // EINTR
    public const int UnknownFormat = 8; // ENOEXEC
    public const int Access = 13; // EACCES
    public const int NotDirectory = 20; // ENOTDIR
    public const int IsDirectory = 21; // EISDIR
    public const int NotEmpty = 39; // ENOTEMPTY
    public const int Loop = 40; // ELOOP
    private const int TooLarge = 7; // E2BIG
    private const int Again = 11; // EAGAIN
    private const int NoMemory = 12; // ENOMEM
    private const int NotPermitted = 1; // EPERM
    private const int SystemFull = 23; // ENFILE
    private const int ProcessFull = 24; // EMFILE
    private const int TextBusy = 26; // ETXTBSY

    /// <summary>Whether the process, or the system, has no descriptor left.</summary>
    public static bool IsOutOfDescriptors(int error) => error is SystemFull or ProcessFull;

    /// <summary>Turns the error of limiting a program into an exception.</summary>
    public static ProcessStartException CannotLimit(string reason, int error) =>
        new(FailureOf(error) == ProcessStartFailure.Busy ? ProcessStartFailure.Busy : ProcessStartFailure.Other, $"cannot limit it: {reason} (errno {error})");

    /// <summary>Turns the error of starting a program into an exception.</summary>
    public static ProcessStartException StartFailed(string program, int error)
    {
        var failure = FailureOf(error);
        var reason = failure switch
        {
            ProcessStartFailure.NotFound => "it, the interpreter that its first line names, or the directory it starts in does not exist",
            ProcessStartFailure.NotExecutable => "it may not be executed (chmod +x?)",
            ProcessStartFailure.UnknownFormat => "it is no program of this machine and does not begin with #!",
            _ => Marshal.GetPInvokeErrorMessage(error),
        };
        return new ProcessStartException(failure, $"cannot start {program}: {reason} (errno {error})");
    }

    private static ProcessStartFailure FailureOf(int error) => error switch
    {
        NotFound or NotDirectory => ProcessStartFailure.NotFound,
        Access or NotPermitted => ProcessStartFailure.NotExecutable,
        UnknownFormat => ProcessStartFailure.UnknownFormat,
        TooLarge => ProcessStartFailure.TooLarge,
        Again or NoMemory or SystemFull or ProcessFull or TextBusy => ProcessStartFailure.Busy,
        _ => ProcessStartFailure.Other,
    };
}
