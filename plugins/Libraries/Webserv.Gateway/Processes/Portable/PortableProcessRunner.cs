using System.ComponentModel;
using System.Diagnostics;

namespace Webserv.Gateway.Processes.Portable;

/// <summary>Starts programs through <see cref="Process"/>, where the calls of Linux are not there.</summary>
internal sealed class PortableProcessRunner : IProcessRunner
{
    public IScriptProcess Start(ProcessStart start)
    {
        var information = new ProcessStartInfo(start.Program, start.Arguments)
        {
            WorkingDirectory = start.WorkingDirectory,
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        information.Environment.Clear();
        foreach (var (name, value) in start.Environment)
        {
            information.Environment[name] = value;
        }

        var process = new Process { StartInfo = information };
        try
        {
            process.Start();
            return new PortableScriptProcess(process);
        }
        catch (Win32Exception exception)
        {
            process.Dispose();
            throw Failed(start.Program, exception);
        }
    }

    private static ProcessStartException Failed(string program, Win32Exception exception)
    {
        var failure = (OperatingSystem.IsWindows(), exception.NativeErrorCode) switch
        {
            (_, 2) or (true, 3) or (true, 267) => ProcessStartFailure.NotFound,
            (false, 13) or (false, 1) or (true, 5) => ProcessStartFailure.NotExecutable,
            (false, 8) or (true, 193) => ProcessStartFailure.UnknownFormat,
            (false, 7) or (true, 206) => ProcessStartFailure.TooLarge,
            (false, 11) or (false, 12) or (false, 23) or (false, 24) or (false, 26) or (true, 1455) => ProcessStartFailure.Busy,
            _ => ProcessStartFailure.Other,
        };
        return new ProcessStartException(failure, $"cannot start {program}: {exception.Message}", exception);
    }
}
