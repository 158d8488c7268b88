using Webserv.Abstractions.Files;
using Webserv.Abstractions.Pipeline;

namespace Webserv.Testing.Files;

/// <summary>Looks files up on disk every time, under the rules of the contract and without a cache.</summary>
public sealed class TestFileCache : IOpenFileCache
{
    /// <inheritdoc/>
    public IDocumentRoot OpenRoot(IPipelineEntry entry, DocumentRootOptions options)
    {
        ArgumentNullException.ThrowIfNull(entry);
        ArgumentNullException.ThrowIfNull(options);
        return entry.Root is null
            ? throw new InvalidOperationException($"{entry.ConfigurationPath} has no root.")
            : new TestDocumentRoot(entry, options);
    }
}
