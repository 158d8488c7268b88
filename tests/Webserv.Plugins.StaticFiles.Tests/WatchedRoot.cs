using Webserv.Abstractions.Files;
using Webserv.Testing.Files;
using Webserv.Testing.Pipeline;

namespace Webserv.Plugins.StaticFiles.Tests;

/// <summary>A root that tells which directories are about to be read, and can hold that up.</summary>
internal sealed class WatchedRoot(string directory, Action<string> onRead) : IDocumentRoot
{
    private readonly IDocumentRoot _root = new TestFileCache().OpenRoot(new TestPipelineEntry { Root = directory }, new DocumentRootOptions());

    public string Directory => _root.Directory;

    public IFileEntry Find(string requestPath) => _root.Find(requestPath);

    public IFileEntry FindIn(IFileEntry directory, string name) => _root.FindIn(directory, name);

    public IFileEntry FindSibling(IFileEntry file, string suffix) => _root.FindSibling(file, suffix);

    public Stream OpenRead(IFileEntry file) => _root.OpenRead(file);

    public IFileEntry FindAgain(IFileEntry entry)
    {
        onRead(entry.PhysicalPath);
        return _root.FindAgain(entry);
    }

    public IEnumerable<DirectoryItem> Enumerate(IFileEntry directory) => throw new NotSupportedException("Only names are of interest.");
}
