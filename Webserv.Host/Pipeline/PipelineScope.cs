using Webserv.Host.Configuration;

namespace Webserv.Host.Pipeline;

/// <summary>What the entries of a pipeline or branch inherit from what encloses them.</summary>
internal sealed record PipelineScope(string VirtualServer, string ConfigurationDirectory, string? Root, long? MaxRequestBodySize)
{
    /// <summary>The path patterns of the level that set the root.</summary>
    public IReadOnlyList<PathPattern> RootPatterns { get; init; } = [];

    /// <summary>The path patterns of the nearest level that has any.</summary>
    public IReadOnlyList<PathPattern> MatchPatterns { get; init; } = [];

    /// <summary>Differs where a middleware would be told something else of its place.</summary>
    public string Fingerprint =>
        $"{VirtualServer}|{ConfigurationDirectory}|{Root}|{Join(RootPatterns)}|{Join(MatchPatterns)}";

    /// <summary>The scope of an entry within this one.</summary>
    public PipelineScope Enter(PipelineEntryOptions entry)
    {
        PathPattern[] patterns = [.. entry.When.Path.Select(pattern => new PathPattern(pattern))];
        return this with
        {
            Root = entry.Root ?? Root,
            RootPatterns = entry.Root is null ? RootPatterns : patterns,
            MatchPatterns = patterns.Length > 0 ? patterns : MatchPatterns,
            MaxRequestBodySize = entry.MaxRequestBodySize is { } size ? Limit(size) : MaxRequestBodySize,
        };
    }

    private static string Join(IReadOnlyList<PathPattern> patterns) => string.Join('\n', patterns.Select(static pattern => pattern.Pattern));

    /// <summary>A configured limit, in which 0 means none.</summary>
    public static long? Limit(long size) => size == 0 ? null : size;
}
