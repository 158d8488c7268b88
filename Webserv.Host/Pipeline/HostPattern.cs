namespace Webserv.Host.Pipeline;

/// <summary>A host name or pattern: <c>example.com</c>, <c>*.example.com</c> (any name below it), <c>www.*</c> (that label under any name).</summary>
/// <param name="pattern">In lower case.</param>
internal sealed class HostPattern(string pattern)
{
    /// <summary>The pattern as it was written.</summary>
    public string Pattern { get; } = pattern;

    /// <summary>Whether it is <c>*.suffix</c>.</summary>
    public bool IsSuffix { get; } = pattern.StartsWith("*.", StringComparison.Ordinal);

    /// <summary>Whether it is <c>prefix.*</c>.</summary>
    public bool IsPrefix { get; } = pattern.EndsWith(".*", StringComparison.Ordinal);

    /// <summary>Whether a host name matches.</summary>
    /// <param name="name">In lower case, without port.</param>
    public bool IsMatch(ReadOnlySpan<char> name) =>
        IsSuffix ? name.Length > Pattern.Length - 1 && name.EndsWith(Pattern.AsSpan(1), StringComparison.Ordinal)
        : IsPrefix ? name.Length > Pattern.Length - 1 && name.StartsWith(Pattern.AsSpan(0, Pattern.Length - 1), StringComparison.Ordinal)
        : name.SequenceEqual(Pattern);
}
