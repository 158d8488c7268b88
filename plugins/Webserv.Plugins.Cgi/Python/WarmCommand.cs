using System.Globalization;
using Webserv.Plugins.Cgi.Scripts;

namespace Webserv.Plugins.Cgi.Python;

/// <summary>Which commands can be kept warm: Python's, with options that mean the same for a program that is given as text.</summary>
internal static class WarmCommand
{
    // Flags without a value: warnings about bytes, no bytecode, no environment, isolated, no docstrings, safe path, quiet, hash seed, no user
    // site, no site, unbuffered. Not -i, -v, -x, -c, -m, nor those that print something and end.
    private const string Flags = "bBdEIOPqRsSu";
    private static readonly string[] Extensions =
    [
        "dev", "faulthandler", "frozen_modules", "int_max_str_digits", "no_debug_ranges", "pycache_prefix", "utf8", "warn_default_encoding",
    ];

    /// <summary>Whether a program is Python 3 by its name.</summary>
    public static bool IsPython(Interpreter interpreter)
    {
        if (interpreter.Program is not { } program)
        {
            return false;
        }

        var name = Path.GetFileName(program.AsSpan());
        if (!name.StartsWith("python", StringComparison.Ordinal))
        {
            return false;
        }

        var version = name["python".Length..];
        return version.IsEmpty
            || version is "3"
            || (version.StartsWith("3.", StringComparison.Ordinal) && int.TryParse(version[2..], NumberStyles.None, CultureInfo.InvariantCulture, out _));
    }

    /// <summary>Why a command of Python cannot be kept warm, or <see langword="null"/> where it can.</summary>
    public static string? FindObstacle(Interpreter interpreter, IReadOnlyDictionary<string, string> environment)
    {
        if (!OperatingSystem.IsLinux())
        {
            return "that needs Linux";
        }

        if (environment.TryGetValue("PYTHONPATH", out var path) && path.Split(':').Any(static part => !part.StartsWith('/')))
        {
            return "PYTHONPATH holds a relative path, which means another directory for each script";
        }

        var words = interpreter.Arguments;
        for (var i = 0; i < words.Count; i++)
        {
            if (words[i] is not ['-', _, ..] word)
            {
                return $"'{words[i]}' is no option";
            }

            for (var at = 1; at < word.Length; at++)
            {
                if (Flags.Contains(word[at], StringComparison.Ordinal))
                {
                    continue;
                }

                if (word[at] is not ('W' or 'X'))
                {
                    return $"option '{word}' is not one of -{Flags}, -W and -X";
                }

                // The value is the rest of the word, or the next one.
                var value = at + 1 < word.Length ? word[(at + 1)..] : ++i < words.Count ? words[i] : "";
                if (word[at] == 'X' && !Extensions.Contains(value.Split('=')[0], StringComparer.Ordinal))
                {
                    return $"option '-X {value}' is not one of {string.Join(", ", Extensions)}";
                }

                break;
            }
        }

        return null;
    }
}
