using System.Buffers;
using System.Globalization;

namespace Webserv.Plugins.StaticFiles;

/// <summary>Checks those of <see cref="StaticFilesOptions"/> that say what is looked for.</summary>
internal static class StaticFilesPathsValidator
{
    // Of placeholders, variables, queries and encodings there are none here.
    private static readonly SearchValues<char> NotInPaths = SearchValues.Create("\\\0?#{}%$");

    private static readonly string[] Scripts = [".php", ".phtml", ".cgi", ".fcgi", ".pl", ".py"];

    /// <summary>Adds what is wrong.</summary>
    public static void AddFailures(StaticFilesOptions options, List<string> failures)
    {
        if (options.NoIndexStatus is { } status and not (403 or 404))
        {
            failures.Add($"NoIndexStatus: {status} is neither 403 nor 404");
        }

        if (!Enum.IsDefined(options.CaseSensitivity))
        {
            failures.Add($"CaseSensitivity: '{options.CaseSensitivity}' is none of {string.Join(", ", Enum.GetNames<CaseSensitivity>())}");
        }

        if (options.Fallback is { } fallback)
        {
            if (fallback.EndsWith('/') || !IsPath(fallback))
            {
                failures.Add($"Fallback: '{fallback}' is not the path of a file, for example /index.html");
            }
            else if (IsScript(fallback))
            {
                failures.Add($"Fallback: {Script(fallback)}");
            }
        }

        AddFailuresOfTryFiles(options, failures);
    }

    private static void AddFailuresOfTryFiles(StaticFilesOptions options, List<string> failures)
    {
        for (var i = 0; i < options.TryFiles.Count; i++)
        {
            var text = options.TryFiles[i] ?? "";
            if (text.StartsWith('='))
            {
                if (i < options.TryFiles.Count - 1)
                {
                    failures.Add($"TryFiles:{i}: '{text}' hides what is behind it; a status must be the last");
                }
                else if (i == 0)
                {
                    failures.Add($"TryFiles:{i}: '{text}' is the only one; write what is to be tried before it");
                }
                else if (options.Fallback is not null)
                {
                    failures.Add($"TryFiles:{i}: '{text}' hides the Fallback; leave one of them out");
                }

                if (!IsStatus(text[1..]))
                {
                    failures.Add($"TryFiles:{i}: '{text}' is no status of an error, for example =404");
                }
            }
            else if (!IsCandidate(text))
            {
                failures.Add($"TryFiles:{i}: '{text}' is not a path with at most one {Candidate.Placeholder}, for example {{path}}.html or /index.html, nor a status (=404)");
            }
            else if (IsScript(text))
            {
                failures.Add($"TryFiles:{i}: {Script(text)}");
            }
        }
    }

    private static bool IsStatus(string text) =>
        text.Length == 3 && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var status) && status is >= 400 and <= 599;

    private static bool IsCandidate(string text)
    {
        var placeholder = text.IndexOf(Candidate.Placeholder, StringComparison.Ordinal);
        return placeholder < 0 ? IsPath(text)
            : placeholder == 0 ? IsPath("/x" + text[Candidate.Placeholder.Length..])
            : IsPath(text[..placeholder] + "x" + text[(placeholder + Candidate.Placeholder.Length)..]);
    }

    private static bool IsPath(string text) =>
        text.StartsWith('/')
        && !text.Contains("//", StringComparison.Ordinal)
        && !text.AsSpan().ContainsAny(NotInPaths)
        && !text.Split('/').AsSpan().ContainsAny(".", "..");

    /// <summary>Whether a file of that name is to be run and not sent: try_files and index of nginx name those of PHP, which are run there.</summary>
    public static bool IsScript(string text)
    {
        foreach (var extension in Scripts)
        {
            if (text.EndsWith(extension, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What is wrong with naming a script.</summary>
    public static string Script(string text) => $"'{text}' would be sent as it is and not be run; let the entry of the scripts answer for it";
}
