namespace Webserv.Host.Plugins;

/// <summary>What is known about a plugin; what <c>plugins list</c> and <c>plugins inspect</c> print.</summary>
internal sealed record PluginDescription
{
    /// <summary>Its id, which is the name of its file.</summary>
    public required string Id { get; init; }

    /// <summary>The file it was found as (not the private copy).</summary>
    public required string File { get; init; }

    /// <summary>What became of it.</summary>
    public required PluginState State { get; init; }

    /// <summary>The version of its assembly; <see langword="null"/> where the file could not be read.</summary>
    public Version? Version { get; init; }

    /// <summary>The contract it was built against; <see langword="null"/> where the file could not be read.</summary>
    public int? Abi { get; init; }

    /// <summary>SHA-256 over the names and contents of its files, in lower-case hexadecimal; <see langword="null"/> where they were not read.</summary>
    public string? Hash { get; init; }

    /// <summary>Why it is not loaded; <see langword="null"/> where it is.</summary>
    public string? Error { get; init; }

    /// <summary>The middleware it offers, in the order of registration.</summary>
    public IReadOnlyList<string> Middleware { get; init; } = [];
}
