using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Webserv.Gateway.Processes;

/// <summary>A command as it is written in a configuration: words between blanks, in which double quotes keep blanks.</summary>
internal static class CommandLine
{
    /// <summary>Takes a command apart.</summary>
    /// <param name="command">The command.</param>
    /// <param name="words">Its words; none for one that is empty.</param>
    /// <param name="error">What is wrong with it.</param>
    public static bool TrySplit(string? command, [NotNullWhen(true)] out string[]? words, [NotNullWhen(false)] out string? error)
    {
        words = null;
        error = null;
        var all = new List<string>();
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
        words = [.. all];
        return true;

        void EndWord()
        {
            if (started)
            {
                all.Add(word.ToString());
                word.Clear();
                started = false;
            }
        }
    }
}
