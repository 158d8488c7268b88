namespace Webserv.Gateway.Scripts;

/// <summary>How the script of a request is found.</summary>
internal sealed record ScriptRules
{
    /// <summary>Which files are scripts.</summary>
    public required ScriptEndings Endings { get; init; }

    /// <summary>The one script that answers for every path, a path below the root; <see langword="null"/> where paths name scripts.</summary>
    public string? Script { get; init; }

    /// <summary>The names of the scripts that answer for a directory; <see langword="null"/> is <c>index</c> with each ending.</summary>
    public IEnumerable<string>? Index { get; init; }

    /// <summary>What the script finds in <c>PATH_INFO</c>.</summary>
    public PathInfoStyle PathInfo { get; init; }

    /// <summary>Whether a script of an ending is run although there is no such file.</summary>
    public Func<string, bool> MayBeMissing { get; init; } = static _ => false;
}
