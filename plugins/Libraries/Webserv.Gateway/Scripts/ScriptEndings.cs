namespace Webserv.Gateway.Scripts;

/// <summary>Which file names are those of scripts: by their endings, without regard to case.</summary>
internal sealed class ScriptEndings
{
    /// <summary>Stands for every ending.</summary>
    public const string Any = "*";

    private readonly string[] _endings;

    /// <param name="endings">Endings with their dot, <see cref="Any"/> among them where every file is a script.</param>
    public ScriptEndings(IEnumerable<string> endings)
    {
        var all = endings.ToArray();
        MatchesAny = all.Contains(Any);
        _endings = [.. all.Where(static ending => ending != Any).OrderByDescending(static ending => ending.Length)];
    }

    /// <summary>Whether every file is a script.</summary>
    public bool MatchesAny { get; }

    /// <summary>The endings without <see cref="Any"/>, the longest first.</summary>
    public IReadOnlyList<string> All => _endings;

    /// <summary>The longest ending that fits, else <see cref="Any"/> where that is one, else <see langword="null"/>: it is no script's name.</summary>
    public string? Match(ReadOnlySpan<char> name)
    {
        foreach (var ending in _endings)
        {
            // A name that is nothing but the ending is a hidden file, not a script.
            if (name.Length > ending.Length && name.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
            {
                return ending;
            }
        }

        return MatchesAny ? Any : null;
    }
}
