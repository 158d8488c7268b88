using Webserv.Abstractions.Pipeline;
using Webserv.Host.Pipeline;

namespace Webserv.Testing.Pipeline;

/// <summary>An entry of a pipeline with the values a test gives it.</summary>
public sealed class TestPipelineEntry : IPipelineEntry
{
    /// <inheritdoc/>
    public string Name { get; init; } = "Test";

    /// <inheritdoc/>
    public string ConfigurationPath { get; init; } = "Webserv:VirtualServers:0:Pipeline:0";

    /// <inheritdoc/>
    public string VirtualServer { get; init; } = "test";

    /// <inheritdoc/>
    public string? Root { get; init; }

    /// <summary>The nearest <c>When.Path</c> pattern, for example <c>/uploads/*</c>; <see langword="null"/> for none.</summary>
    public string? MatchPath { get; init; }

    /// <summary>
    /// The <c>When.Path</c> pattern of the entry or branch that set <see cref="Root"/>, which makes it an alias;
    /// <see langword="null"/> for none.
    /// </summary>
    public string? RootMatchPath { get; init; }

    /// <summary>What <see cref="ResolvePath"/> resolves against. Default: the current directory.</summary>
    public string ConfigurationDirectory { get; init; } = Directory.GetCurrentDirectory();

    /// <inheritdoc/>
    public string GetPathBelowRoot(string requestPath) => PathPattern.TakeAway(Patterns(RootMatchPath), requestPath);

    /// <inheritdoc/>
    public string GetPathBelowMatch(string requestPath) => PathPattern.GetBehind(Patterns(MatchPath), requestPath);

    /// <inheritdoc/>
    public string ResolvePath(string path) => Path.GetFullPath(path, ConfigurationDirectory);

    private static PathPattern[] Patterns(string? pattern) => pattern is null ? [] : [new PathPattern(pattern)];
}
