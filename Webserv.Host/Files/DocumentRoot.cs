using System.Collections.Concurrent;
using Webserv.Abstractions.Files;
using Webserv.Abstractions.Pipeline;

namespace Webserv.Host.Files;

/// <summary>A root as one pipeline entry sees it: with the beginning of its requests' paths taken away.</summary>
/// <param name="root">The directory.</param>
/// <param name="entry">The entry.</param>
internal sealed class DocumentRoot(RootDirectory root, IPipelineEntry entry) : IDocumentRoot
{
    private const int MostAliases = 4096;

    // Paths below the root by request paths, for entries that cut their requests' paths: cutting makes a new string.
    private readonly ConcurrentDictionary<string, string> _aliases = new(StringComparer.Ordinal);
    private int _aliasCount;
    private bool _isAlias;

    /// <inheritdoc />
    public string Directory => root.Directory;

    /// <inheritdoc />
    public IFileEntry Find(string requestPath)
    {
        ArgumentNullException.ThrowIfNull(requestPath);
        if (Volatile.Read(ref _isAlias) && _aliases.TryGetValue(requestPath, out var known))
        {
            return root.Find(known);
        }

        var path = entry.GetPathBelowRoot(requestPath);
        var file = root.Find(path);
        if (!ReferenceEquals(path, requestPath) && file.Kind is FileKind.File or FileKind.Directory)
        {
            Remember(requestPath, file.Path);
        }

        return file;
    }

    /// <inheritdoc />
    public IFileEntry FindIn(IFileEntry directory, string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var parent = GetOwnDirectory(directory);
        return root.IsAcceptableName(name) ? root.Find(parent.GetChild(name)) : root.Find("");
    }

    /// <inheritdoc />
    public IFileEntry FindSibling(IFileEntry file, string suffix)
    {
        ArgumentNullException.ThrowIfNull(suffix);
        var own = GetOwnFile(file);
        return suffix.AsSpan().ContainsAny('/', '\\') ? root.Find("") : root.Find(own.GetSibling(suffix));
    }

    /// <inheritdoc />
    public Stream OpenRead(IFileEntry file) => GetOwnFile(file).OpenRead();

    /// <inheritdoc />
    public IFileEntry FindAgain(IFileEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return entry is CachedFile file && file.IsFrom(root)
            ? root.FindNow(file.Path)
            : throw new ArgumentException("Not an entry that was found through this root.", nameof(entry));
    }

    /// <inheritdoc />
    public IEnumerable<DirectoryItem> Enumerate(IFileEntry directory) => root.Enumerate(GetOwnDirectory(directory).Path);

    private CachedFile GetOwnDirectory(IFileEntry directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        return directory is CachedFile { Kind: FileKind.Directory } own && own.IsFrom(root)
            ? own
            : throw new ArgumentException("Not a directory that was found through this root.", nameof(directory));
    }

    private CachedFile GetOwnFile(IFileEntry file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return file is CachedFile { Kind: FileKind.File } own && own.IsFrom(root)
            ? own
            : throw new ArgumentException("Not a file that was found through this root.", nameof(file));
    }

    private void Remember(string requestPath, string path)
    {
        if (Interlocked.Increment(ref _aliasCount) > MostAliases)
        {
            // Rare and harmless: what is still asked for comes back with its next request.
            _aliases.Clear();
            Volatile.Write(ref _aliasCount, 1);
        }

        _aliases[requestPath] = path;
        Volatile.Write(ref _isAlias, true);
    }
}
