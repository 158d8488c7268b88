using Webserv.Abstractions.Files;
using Webserv.Abstractions.Pipeline;
using Webserv.Host.Files;

namespace Webserv.Testing.Files;

/// <summary>The document root of a <see cref="TestFileCache"/>.</summary>
internal sealed class TestDocumentRoot : IDocumentRoot
{
    private const int MaxLinks = 40;

    private readonly IPipelineEntry _entry;
    private readonly DocumentRootOptions _options;
    private readonly string _canonicalRoot;

    public TestDocumentRoot(IPipelineEntry entry, DocumentRootOptions options)
    {
        _entry = entry;
        _options = options;
        Directory = Path.TrimEndingDirectorySeparator(Path.GetFullPath(entry.Root!));
        _canonicalRoot = Canonicalize(Directory) ?? Directory;
    }

    public string Directory { get; }

    public IFileEntry Find(string requestPath)
    {
        ArgumentNullException.ThrowIfNull(requestPath);
        return Look(_entry.GetPathBelowRoot(requestPath));
    }

    public IFileEntry FindIn(IFileEntry directory, string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var path = GetPathOfDirectory(directory).TrimEnd('/');
        return Look(RequestPathRules.IsAcceptableName(name, _options.ServeDotFiles) ? $"{path}/{name}" : "");
    }

    public IFileEntry FindSibling(IFileEntry file, string suffix)
    {
        ArgumentNullException.ThrowIfNull(suffix);
        var path = GetPathOfFile(file);
        return Look(suffix.AsSpan().ContainsAny('/', '\\') ? "" : path + suffix);
    }

    public Stream OpenRead(IFileEntry file)
    {
        GetPathOfFile(file);
        return new TestFileStream(file);
    }

    public IFileEntry FindAgain(IFileEntry entry) => Look(GetPath(entry));

    public IEnumerable<DirectoryItem> Enumerate(IFileEntry directory) => Read(GetPathOfDirectory(directory));

    private IEnumerable<DirectoryItem> Read(string path)
    {
        var directory = Look(path);
        using var names = directory.Kind switch
        {
            FileKind.Directory => DirectoryName.Read(directory.PhysicalPath),
            FileKind.Forbidden => throw new UnauthorizedAccessException($"The rules of the root refuse {directory.PhysicalPath}."),
            _ => throw new DirectoryNotFoundException($"{directory.PhysicalPath} is no directory any more."),
        };
        while (names.MoveNext())
        {
            if (names.Current.ToItem(_options.ServeDotFiles, LookAt) is { } item)
            {
                yield return item;
            }
        }

        (FileKind Kind, long Length, DateTimeOffset Modified) LookAt(string name)
        {
            var found = Open(Path.Join(directory.PhysicalPath, name));
            return (found.Kind, found.Length, found.LastModified);
        }
    }

    private TestFileEntry Look(string below)
    {
        var path = Path.Join(Directory, below.TrimEnd('/'));
        if (!RequestPathRules.IsAcceptable(below, _options.ServeDotFiles))
        {
            return new TestFileEntry(FileKind.Missing, path);
        }

        var entry = Open(path);
        return entry.Kind == FileKind.File && below.EndsWith('/') ? new TestFileEntry(FileKind.Missing, path) : entry;
    }

    private string GetPathOfDirectory(IFileEntry directory) =>
        GetPath(directory) is var path && directory.Kind == FileKind.Directory
            ? path
            : throw new ArgumentException("Not a directory that was found through this root.", nameof(directory));

    private string GetPathOfFile(IFileEntry file) =>
        GetPath(file) is var path && file.Kind == FileKind.File
            ? path
            : throw new ArgumentException("Not a file that was found through this root.", nameof(file));

    private string GetPath(IFileEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var path = entry.PhysicalPath;
        return path == Directory ? "/"
            : path.StartsWith(Directory + '/', StringComparison.Ordinal) ? path[Directory.Length..]
            : throw new ArgumentException("Not an entry that was found through this root.", nameof(entry));
    }

    private TestFileEntry Open(string path)
    {
        var canonical = Canonicalize(path);
        if (canonical is null || (!File.Exists(canonical) && !System.IO.Directory.Exists(canonical)))
        {
            return new TestFileEntry(FileKind.Missing, path);
        }

        var isInside = canonical == _canonicalRoot || canonical.StartsWith(_canonicalRoot + '/', StringComparison.Ordinal);
        var expected = _canonicalRoot + path[Directory.Length..];
        var isAllowed = _options.SymbolicLinks switch
        {
            SymbolicLinkPolicy.Follow => true,
            SymbolicLinkPolicy.Deny or SymbolicLinkPolicy.SameOwner => canonical == expected,
            _ => isInside,
        };
        return !isAllowed ? new TestFileEntry(FileKind.Forbidden, path)
            : System.IO.Directory.Exists(canonical) ? new TestFileEntry(FileKind.Directory, path) { LastModified = System.IO.Directory.GetLastWriteTimeUtc(canonical) }
            : TestFileEntry.OfFile(path);
    }

    /// <summary>The path with every symbolic link resolved, as realpath(3) has it; null where there is nothing.</summary>
    private static string? Canonicalize(string path)
    {
        var links = 0;
        var pending = new Stack<string>(path.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse());
        var current = "/";
        while (pending.TryPop(out var name))
        {
            if (name == "..")
            {
                current = Path.GetDirectoryName(current) ?? "/";
                continue;
            }

            var next = Path.Combine(current, name);
            var target = new FileInfo(next).LinkTarget;
            if (target is null)
            {
                current = next;
                continue;
            }

            if (++links > MaxLinks)
            {
                return null;
            }

            current = target.StartsWith('/') ? "/" : current;
            foreach (var part in target.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != ".").Reverse())
            {
                pending.Push(part);
            }
        }

        return current;
    }
}
