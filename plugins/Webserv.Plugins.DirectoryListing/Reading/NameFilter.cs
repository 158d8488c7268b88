using System.IO.Enumeration;

namespace Webserv.Plugins.DirectoryListing.Reading;

/// <summary>What a client looks for: a part of a name, or a pattern of a whole name where it holds <c>*</c> or <c>?</c>; without regard to case.</summary>
/// <param name="Text">As it was typed; empty for everything.</param>
internal readonly record struct NameFilter(string Text)
{
    /// <summary>The longest; a pattern is compared with every name of a directory.</summary>
    public const int MaxLength = 100;

    private bool IsPattern => Text.AsSpan().ContainsAny('*', '?');

    public bool Matches(string name) =>
        Text.Length == 0
        || (IsPattern ? IsMatch(Text, name) : name.Contains(Text, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether a name matches a pattern with <c>*</c> and <c>?</c>, without regard to case.</summary>
    public static bool IsMatch(string pattern, ReadOnlySpan<char> name) => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: true);
}
