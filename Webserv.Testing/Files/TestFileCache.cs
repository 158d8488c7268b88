using System.Collections.Concurrent;
using Webserv.Abstractions.Files;
using Webserv.Abstractions.Pipeline;

namespace Webserv.Testing.Files;

/// <summary>
/// Looks files up on disk every time, under the rules of the contract and without a cache. Owners are not compared:
/// <see cref="SymbolicLinkPolicy.SameOwner"/> is <see cref="SymbolicLinkPolicy.Deny"/>.
/// </summary>
public sealed class TestFileCache : IOpenFileCache
{
    private readonly ConcurrentQueue<string> _invalidated = new();

    /// <summary>What <see cref="Invalidate"/> was called with, in order.</summary>
    public IReadOnlyCollection<string> Invalidated => _invalidated;

    /// <inheritdoc/>
    public IDocumentRoot OpenRoot(IPipelineEntry entry, DocumentRootOptions options)
    {
        ArgumentNullException.ThrowIfNull(entry);
        ArgumentNullException.ThrowIfNull(options);
        return entry.Root is null
            ? throw new InvalidOperationException($"{entry.ConfigurationPath} has no root.")
            : new TestDocumentRoot(entry, options);
    }

    /// <inheritdoc/>
    public void Invalidate(string absolutePath)
    {
        ArgumentNullException.ThrowIfNull(absolutePath);
        if (!Path.IsPathFullyQualified(absolutePath))
        {
            throw new ArgumentException($"'{absolutePath}' is not absolute.", nameof(absolutePath));
        }

        _invalidated.Enqueue(absolutePath);
    }
}
