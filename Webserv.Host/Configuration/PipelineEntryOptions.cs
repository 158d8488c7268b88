using Microsoft.Extensions.Configuration;
using Webserv.Abstractions.Configuration;

namespace Webserv.Host.Configuration;

/// <summary>One entry of a pipeline: a middleware (<see cref="Use"/>) or a branch (<see cref="Pipeline"/>); exactly one of the two.</summary>
internal sealed class PipelineEntryOptions
{
    /// <summary>Where it stands: <c>Webserv:VirtualServers:0:Pipeline:3</c>.</summary>
    public required string ConfigurationPath { get; init; }

    /// <summary>The name of a middleware, or <see langword="null"/> for a branch.</summary>
    public string? Use { get; init; }

    /// <summary>The entries of a branch, or <see langword="null"/> for a middleware. A request that none of them answers leaves the branch and goes on behind it.</summary>
    public IReadOnlyList<PipelineEntryOptions>? Pipeline { get; init; }

    /// <summary>Which requests it applies to.</summary>
    public WhenOptions When { get; init; } = new();

    /// <summary>The middleware's own options, or <see langword="null"/> where the entry has none.</summary>
    public IConfigurationSection? Options { get; init; }

    /// <summary>The absolute path of its own root, or <see langword="null"/> to inherit.</summary>
    public string? Root { get; init; }

    /// <summary>Most bytes of a request body; 0 for no limit; <see langword="null"/> to inherit.</summary>
    public ByteSize? MaxRequestBodySize { get; init; }

    /// <summary>Methods that are let in; OPTIONS is answered with them, any other with 405 or 501. <see langword="null"/> for all.</summary>
    public IReadOnlyList<string>? AllowedMethods { get; init; }

    /// <summary>Whether GET in <see cref="AllowedMethods"/> includes HEAD.</summary>
    public bool ImplicitHead { get; init; } = true;
}
