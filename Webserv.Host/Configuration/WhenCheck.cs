using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Webserv.Host.Http1;

namespace Webserv.Host.Configuration;

/// <summary>Checks when an entry applies.</summary>
internal static partial class WhenCheck
{
    /// <summary>Reports what is wrong with the conditions of an entry and brings its host names into the form in which they are compared.</summary>
    /// <param name="when">The conditions.</param>
    /// <param name="path">Where they stand.</param>
    /// <param name="errors">Gets what is wrong.</param>
    public static void Check(WhenOptions when, string path, ConfigurationErrors errors)
    {
        CheckList(when.Path, ConfigurationPath.Combine(path, nameof(when.Path)), "path", errors, ProblemOfPattern);
        CheckList(when.Extensions, ConfigurationPath.Combine(path, nameof(when.Extensions)), "extension", errors, ProblemOfExtension);
        CheckList(when.Methods, ConfigurationPath.Combine(path, nameof(when.Methods)), "method", errors, HttpToken.ProblemOfMethod);
        var hosts = new List<string>();
        CheckList(when.Hosts, ConfigurationPath.Combine(path, nameof(when.Hosts)), "host", errors, host =>
        {
            var problem = HostNamePattern.Normalize(host, out var name);
            if (name is not null)
            {
                hosts.Add(name);
            }

            return problem;
        });
        when.Hosts = hosts;
    }

    /// <summary>Reports every value of a list that has a problem.</summary>
    public static void CheckEach(IReadOnlyList<string> values, string path, ConfigurationErrors errors, Func<string, string?> problemOf)
    {
        for (var i = 0; i < values.Count; i++)
        {
            if (problemOf(values[i]) is { } problem)
            {
                errors.Add(ItemPath.Of(path, i, errors), problem);
            }
        }
    }

    // A list that is not there has no values either, and leaves the entry to every request.
    private static void CheckList(IReadOnlyList<string> values, string path, string what, ConfigurationErrors errors, Func<string, string?> problemOf)
    {
        if (values.Count == 0 && errors.KindOf(path) == JsonValueKind.Array && !errors.HasErrorBelow(path))
        {
            errors.Add(path, $"the list is empty and would match nothing; leave it out to match every {what}");
        }

        CheckEach(values, path, errors, problemOf);
    }

    private static string? ProblemOfPattern(string pattern)
    {
        if (!pattern.StartsWith('/'))
        {
            return $"'{pattern}' is no path pattern; it must start with a slash, for example /downloads/*";
        }

        if (pattern.AsSpan().ContainsAny("?#\\\0"))
        {
            return $"'{pattern}' is no path pattern; it is compared with the path alone, which holds none of ? # \\";
        }

        if (pattern.Contains("//", StringComparison.Ordinal))
        {
            return $"'{pattern}' can never match; slashes that follow one another are one before";
        }

        var decoded = Escapes().Replace(pattern, static escapes => RequestTargetParser.Decode(escapes.Value) ?? "\0");
        if (decoded.Split('/').Any(segment => segment is "." or ".."))
        {
            return $"'{pattern}' can never match; . and .. are resolved before";
        }

        // What would be no pattern, or another one, is no advice.
        var isPattern = !decoded.AsSpan().ContainsAny("?#\\") && !decoded.Any(char.IsControl) && decoded.Count(IsStar) == pattern.Count(IsStar);
        return decoded == pattern ? null
            : $"'{pattern}' can never match; paths are compared decoded" + (isPattern ? $": write {decoded}" : "");
    }

    private static bool IsStar(char character) => character == '*';

    [GeneratedRegex("(?:%[0-9A-Fa-f]{2})+")]
    private static partial Regex Escapes();

    private static string? ProblemOfExtension(string extension) =>
        extension.Length < 2 || !extension.StartsWith('.') || extension.AsSpan().ContainsAny("/*\\\0")
            ? $"'{extension}' is no extension; it must start with a dot, for example .php"
            : null;
}
