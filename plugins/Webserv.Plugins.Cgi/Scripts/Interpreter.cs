using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Webserv.Plugins.Cgi.Scripts;

/// <summary>What runs a script: a program with arguments, or the script itself.</summary>
/// <param name="Program">The program as it was configured, or <see langword="null"/> to run the script itself.</param>
/// <param name="Arguments">What stands before the script's path.</param>
internal sealed record Interpreter(string? Program, IReadOnlyList<string> Arguments)
{
    /// <summary>Reads a command: words between blanks, in which double quotes keep blanks.</summary>
    public static bool TryParse(
        string? command, [NotNullWhen(true)] out Interpreter? interpreter, [NotNullWhen(false)] out string? error)
    {
        interpreter = null;
        error = null;
        var words = new List<string>();
        var word = new StringBuilder();
        var (quoted, started) = (false, false);
        foreach (var c in command ?? "")
        {
            if (c == '\0')
            {
                error = "must not hold NUL";
                return false;
            }

            if (c == '"')
            {
                quoted = !quoted;
                started = true;
            }
            else if (!quoted && c is ' ' or '\t')
            {
                EndWord();
            }
            else
            {
                word.Append(c);
                started = true;
            }
        }

        if (quoted)
        {
            error = "has a double quote that is not closed";
            return false;
        }

        EndWord();
        if (words is ["", ..])
        {
            error = "must begin with a program, or be empty";
            return false;
        }

        interpreter = words.Count == 0 ? new Interpreter(null, []) : new Interpreter(words[0], words[1..]);
        return true;

        void EndWord()
        {
            if (started)
            {
                words.Add(word.ToString());
                word.Clear();
                started = false;
            }
        }
    }
}
