using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Webserv.Testing.Processes;

/// <summary>How a <see cref="TestProgram"/> was started.</summary>
/// <param name="Arguments">Without the program itself.</param>
/// <param name="Environment">Its variables.</param>
/// <param name="WorkingDirectory">Where.</param>
/// <param name="ProcessId">The process, which may have ended.</param>
/// <param name="Input">What came on standard input; empty where the program does not read it.</param>
[SuppressMessage("Performance", "CA1819", Justification = "A record of a test, read once.")]
public sealed record TestProgramRun(
    IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Environment, string WorkingDirectory, int ProcessId, byte[] Input)
{
    /// <summary><see cref="Input"/> read as UTF-8.</summary>
    public string InputText => Encoding.UTF8.GetString(Input);
}
