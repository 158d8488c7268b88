using Microsoft.Extensions.Configuration;

namespace Webserv.Host.Configuration;

/// <summary>Checks when an entry applies.</summary>
internal static class WhenCheck
{
    /// <summary>Reports what is wrong with the conditions of an entry and brings its host names into the form in which they are compared.</summary>
    /// <param name="when">The conditions.</param>
    /// <param name="path">Where they stand.</param>
    /// <param name="errors">Gets what is wrong.</param>
    public static void Check(WhenOptions when, string path, ConfigurationErrors errors)
    {
        CheckEach(when.Path, ConfigurationPath.Combine(path, nameof(when.Path)), errors, ProblemOfPattern);
        CheckEach(when.Extensions, ConfigurationPath.Combine(path, nameof(when.Extensions)), errors, ProblemOfExtension);
        CheckEach(when.Methods, ConfigurationPath.Combine(path, nameof(when.Methods)), errors, HttpToken.ProblemOfMethod);
        var hosts = new List<string>();
        CheckEach(when.Hosts, ConfigurationPath.Combine(path, nameof(when.Hosts)), errors, host =>
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

        return pattern.Split('/').Any(segment => segment is "." or "..")
            ? $"'{pattern}' can never match; . and .. are resolved before"
            : null;
    }

    private static string? ProblemOfExtension(string extension) =>
        extension.Length < 2 || !extension.StartsWith('.') || extension.AsSpan().ContainsAny("/*\\\0")
            ? $"'{extension}' is no extension; it must start with a dot, for example .php"
            : null;
}
