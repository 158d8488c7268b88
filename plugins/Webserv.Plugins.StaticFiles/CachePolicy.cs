using System.Globalization;
using Webserv.Abstractions.Files;
using Webserv.Abstractions.Http;

namespace Webserv.Plugins.StaticFiles;

/// <summary>Says how long a file may be kept by caches: the first rule that is for it, or else what is said of all.</summary>
internal sealed class CachePolicy
{
    private readonly Rule[] _rules;
    private readonly string? _otherwise;
    private readonly int _rootLength;

    /// <summary>Reads the rules.</summary>
    /// <param name="options">What is configured.</param>
    /// <param name="root">The root that the files are below.</param>
    /// <param name="time">The clock for Expires.</param>
    public CachePolicy(StaticFilesOptions options, IDocumentRoot root, TimeProvider time)
    {
        _rules = [.. options.CacheRules.Select(rule => new Rule(rule, time))];
        _otherwise = options.CacheControl;
        _rootLength = root.Directory.TrimEnd('/').Length;
    }

    /// <summary>Sets Cache-Control and Expires for a file.</summary>
    /// <param name="answer">The fields of the answer.</param>
    /// <param name="file">A file below the root.</param>
    public void Apply(IHeaderCollection answer, IFileEntry file)
    {
        foreach (var rule in _rules)
        {
            if (rule.IsFor(file.PhysicalPath.AsSpan(_rootLength)))
            {
                answer[Fields.CacheControl] = rule.CacheControl;
                if (rule.Expires is { } expires)
                {
                    answer[Fields.Expires] = expires.Get();
                }

                return;
            }
        }

        if (_otherwise is not null)
        {
            answer[Fields.CacheControl] = _otherwise;
        }
    }

    private sealed class Rule(CacheRule rule, TimeProvider time)
    {
        private readonly FilePattern[] _patterns = [.. rule.Match.Select(pattern => new FilePattern(pattern))];

        public ExpiresField? Expires { get; } = rule.Expires is { } after ? new ExpiresField(after, time) : null;

        // A cache that knows max-age goes by it and not by Expires (RFC 9111 section 5.3); both say the same.
        public string CacheControl { get; } = rule.CacheControl
            ?? string.Create(CultureInfo.InvariantCulture, $"max-age={(long)(rule.Expires ?? TimeSpan.Zero).TotalSeconds}");

        public bool IsFor(ReadOnlySpan<char> path)
        {
            foreach (var pattern in _patterns)
            {
                if (pattern.IsMatch(path))
                {
                    return true;
                }
            }

            return false;
        }
    }
}
