namespace Webserv.EndToEnd.Tests.Processes;

/// <summary>How a program ended and what it wrote.</summary>
internal sealed record ProgramResult(int ExitCode, string Output, string Errors)
{
    /// <summary>Fails unless the program ended with 0.</summary>
    /// <returns>Standard output.</returns>
    public string Succeeded()
    {
        Assert.True(ExitCode == 0, $"exit status {ExitCode}\n{Errors}\n{Output}");
        return Output;
    }
}
