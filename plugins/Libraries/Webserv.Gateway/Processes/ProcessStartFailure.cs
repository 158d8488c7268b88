namespace Webserv.Gateway.Processes;

/// <summary>Why a program could not be started.</summary>
internal enum ProcessStartFailure
{
    /// <summary>The program, or the interpreter that its first line names, or the working directory does not exist.</summary>
    NotFound,

    /// <summary>It may not be executed.</summary>
    NotExecutable,

    /// <summary>It is neither a program of this machine nor does it begin with <c>#!</c>.</summary>
    UnknownFormat,

    /// <summary>The arguments and the environment are larger than the system takes.</summary>
    TooLarge,

    /// <summary>Out of processes, descriptors or memory, or the file is being written: later it may work.</summary>
    Busy,

    /// <summary>Anything else.</summary>
    Other,
}
