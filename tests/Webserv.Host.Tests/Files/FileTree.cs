using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Webserv.Abstractions.Files;
using Webserv.Abstractions.Pipeline;
using Webserv.Host.Configuration;
using Webserv.Host.Files;

namespace Webserv.Host.Tests.Files;

/// <summary>A directory of its own with a root to serve (<c>www</c>), something beside it, and a cache over it.</summary>
internal sealed class FileTree : IDisposable
{
    private readonly List<OpenFileCache> _caches = [];

    public FileTree()
    {
        Top = Path.Combine(Path.GetTempPath(), "webserv-files-" + Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(Www);
    }

    public string Top { get; }

    public string Www => Path.Combine(Top, "www");

    public string Write(string path, string content, DateTime? modified = null)
    {
        var full = Path.Combine(Www, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, content);
        if (modified is { } time)
        {
            File.SetLastWriteTimeUtc(full, time);
        }

        return full;
    }

    public void Link(string path, string target)
    {
        var full = Path.Combine(Www, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.CreateSymbolicLink(full, target);
    }

    public OpenFileCache CreateCache(FileCacheOptions? options = null, TimeProvider? time = null, IFileSystem? files = null)
    {
        var cache = new OpenFileCache(
            options ?? new FileCacheOptions(), time ?? TimeProvider.System, NullLogger.Instance, files ?? new LinuxFileSystem());
        _caches.Add(cache);
        return cache;
    }

    public IDocumentRoot Open(
        OpenFileCache cache, SymbolicLinkPolicy links = SymbolicLinkPolicy.InsideRoot, bool dotFiles = false, string prefix = "") =>
        cache.OpenRoot(new Entry(Www, prefix), new DocumentRootOptions { SymbolicLinks = links, ServeDotFiles = dotFiles });

    public IDocumentRoot Open() => Open(CreateCache());

    /// <summary>The descriptors of this process that are open on files of this tree.</summary>
    public int CountDescriptors()
    {
        var count = 0;
        foreach (var link in Directory.EnumerateFileSystemEntries("/proc/self/fd"))
        {
            try
            {
                if (new FileInfo(link).LinkTarget is { } target && target.StartsWith(Top, StringComparison.Ordinal))
                {
                    count++;
                }
            }
            catch (IOException)
            {
                // Another test closed it between the listing and the look.
            }
        }

        return count;
    }

    public static string Text(IFileEntry entry) => Encoding.UTF8.GetString(((CachedFile)entry).Content!);

    public void Dispose()
    {
        foreach (var cache in _caches)
        {
            cache.Dispose();
        }

        Directory.Delete(Top, recursive: true);
    }

    private sealed class Entry(string root, string prefix) : IPipelineEntry
    {
        public string Name => "Test";

        public string ConfigurationPath => "Webserv:VirtualServers:0:Pipeline:0";

        public string VirtualServer => "test";

        public string? Root => root;

        public string GetPathBelowRoot(string requestPath) =>
            prefix.Length == 0 ? requestPath : requestPath.Length == prefix.Length ? "/" : requestPath[prefix.Length..];

        public string GetPathBelowMatch(string requestPath) => requestPath;

        public string ResolvePath(string path) => path;
    }
}
