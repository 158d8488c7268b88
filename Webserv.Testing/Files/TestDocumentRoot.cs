using Webserv.Abstractions.Files;
using Webserv.Abstractions.Pipeline;

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
        var below = _entry.GetPathBelowRoot(requestPath);
        var segments = below.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var path = Path.Combine([Directory, .. segments]);
        var isHostile = below.Contains('\0', StringComparison.Ordinal) || segments.Contains("..") || segments.Contains(".");
        if (isHostile || (!_options.ServeDotFiles && segments.Any(name => name[0] == '.' && name != ".well-known")))
        {
            return new TestFileEntry(FileKind.Missing, path);
        }

        var entry = Open(path);
        return entry.Kind == FileKind.File && below.EndsWith('/') ? new TestFileEntry(FileKind.Missing, path) : entry;
    }

    public IFileEntry FindIn(IFileEntry directory, string name)
    {
        var path = Path.Combine(directory.PhysicalPath, name);
        var isHostile = name is "" or "." or ".." || name.AsSpan().ContainsAny('/', '\0');
        return isHostile || (!_options.ServeDotFiles && name[0] == '.')
            ? new TestFileEntry(FileKind.Missing, path)
            : Open(path);
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
            SymbolicLinkPolicy.Deny => canonical == expected,
            _ => isInside,
        };
        return !isAllowed ? new TestFileEntry(FileKind.Forbidden, path)
            : System.IO.Directory.Exists(canonical) ? new TestFileEntry(FileKind.Directory, path)
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
