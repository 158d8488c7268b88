using Webserv.Abstractions.Pipeline;

namespace Webserv.Host.Pipeline;

/// <summary>The place of a middleware in the configuration.</summary>
/// <param name="name">The middleware's name.</param>
/// <param name="configurationPath">Where the entry stands.</param>
/// <param name="scope">What the entry inherits and sets.</param>
internal sealed class PipelineEntry(string name, string configurationPath, PipelineScope scope) : IPipelineEntry
{
    /// <inheritdoc />
    public string Name => name;

    /// <inheritdoc />
    public string ConfigurationPath => configurationPath;

    /// <inheritdoc />
    public string VirtualServer => scope.VirtualServer;

    /// <inheritdoc />
    public string? Root => scope.Root;

    /// <inheritdoc />
    public string GetPathBelowRoot(string requestPath) => PathPattern.TakeAway(scope.RootPatterns, requestPath);

    /// <inheritdoc />
    public string GetPathBelowMatch(string requestPath) => PathPattern.GetBehind(scope.MatchPatterns, requestPath);

    /// <inheritdoc />
    public string ResolvePath(string path) => Path.GetFullPath(path, scope.ConfigurationDirectory);
}
