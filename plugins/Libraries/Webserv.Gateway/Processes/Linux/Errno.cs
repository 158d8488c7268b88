using System.Runtime.InteropServices;

namespace Webserv.Gateway.Processes.Linux;

/// <summary>The error numbers that are told apart; the same on every architecture Linux and .NET share.</summary>
internal static class Errno
{
    public const int NotFound = 2; // ENOENT
    public const int NoSuchProcess = 3; // ESRCH
    public const int Interrupted = 4; // EINTR
    private const int TooLarge = 7; // E2BIG
    private const int UnknownFormat = 8; // ENOEXEC
    private const int Again = 11; // EAGAIN
    private const int NoMemory = 12; // ENOMEM
    private const int NotPermitted = 1; // EPERM
    private const int Access = 13; // EACCES
    private const int NotDirectory = 20; // ENOTDIR
    private const int SystemFull = 23; // ENFILE
    private const int ProcessFull = 24; // EMFILE
    private const int TextBusy = 26; // ETXTBSY

    /// <summary>Turns the error of starting a program into an exception.</summary>
    public static ProcessStartException StartFailed(string program, int error)
    {
        var failure = error switch
        {
            NotFound or NotDirectory => ProcessStartFailure.NotFound,
            Access or NotPermitted => ProcessStartFailure.NotExecutable,
            UnknownFormat => ProcessStartFailure.UnknownFormat,
            TooLarge => ProcessStartFailure.TooLarge,
            Again or NoMemory or SystemFull or ProcessFull or TextBusy => ProcessStartFailure.Busy,
            _ => ProcessStartFailure.Other,
        };
        var reason = failure switch
        {
            ProcessStartFailure.NotFound => "it, the interpreter that its first line names, or the directory it starts in does not exist",
            ProcessStartFailure.NotExecutable => "it may not be executed (chmod +x?)",
            ProcessStartFailure.UnknownFormat => "it is no program of this machine and does not begin with #!",
            _ => Marshal.GetPInvokeErrorMessage(error),
        };
        return new ProcessStartException(failure, $"cannot start {program}: {reason} (errno {error})");
    }
}
