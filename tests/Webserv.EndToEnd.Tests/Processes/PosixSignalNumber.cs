namespace Webserv.EndToEnd.Tests.Processes;

/// <summary>Signals as Linux numbers them.</summary>
internal enum PosixSignalNumber
{
    Hangup = 1,
    Kill = 9,
    User1 = 10,
    Pipe = 13,
    Terminate = 15,
    Continue = 18,
    Stop = 19,
}
