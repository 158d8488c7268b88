using System.Diagnostics.CodeAnalysis;
using Webserv.Gateway.Processes;

namespace Webserv.Plugins.Cgi.Scripts;

/// <summary>What runs a script: a program with arguments, or the script itself.</summary>
/// <param name="Program">The program as it was configured, or <see langword="null"/> to run the script itself.</param>
/// <param name="Arguments">What stands before the script's path.</param>
internal sealed record Interpreter(string? Program, IReadOnlyList<string> Arguments)
{
    /// <summary>Reads a command.</summary>
    public static bool TryParse(
        string? command, [NotNullWhen(true)] out Interpreter? interpreter, [NotNullWhen(false)] out string? error)
    {
        interpreter = null;
        if (!CommandLine.TrySplit(command, out var words, out error))
        {
            return false;
        }

        if (words is ["", ..])
        {
            error = "must begin with a program, or be empty";
            return false;
        }

        interpreter = words.Length == 0 ? new Interpreter(null, []) : new Interpreter(words[0], words[1..]);
        return true;
    }
}
