using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Webserv.Host.Plugins.Trust;
using Webserv.Host.Plugins.Versions;

namespace Webserv.Host.Plugins;

/// <summary>The files of a plugin, which are hashed and copied as one.</summary>
internal sealed class PluginFileSet
{
    /// <summary>Most files of one plugin.</summary>
    public const int MaxFiles = 4096;

    /// <summary>Most bytes of one plugin.</summary>
    public const long MaxLength = 512L * 1024 * 1024;

    /// <summary>How names of files begin that the server itself puts beside those of a plugin; none is part of one.</summary>
    public const string HostPrefix = ".webserv-";

    /// <summary>The file that holds the lock of a private copy.</summary>
    public const string LockFile = HostPrefix + "lock";

    /// <summary>What belongs to a single-file plugin besides its assembly.</summary>
    private static readonly string[] Companions = [".deps.json", ".pdb", ".xml"];

    private readonly List<PluginFile> _files;

    private PluginFileSet(List<PluginFile> files)
    {
        files.Sort((left, right) => string.CompareOrdinal(left.Name, right.Name));
        _files = files;
    }

    /// <summary>The absolute paths of the files.</summary>
    public IEnumerable<string> Paths => _files.Select(static file => file.FullPath);

    /// <summary>The files of a candidate, without its signature and a rollback.</summary>
    /// <exception cref="PluginException">There are too many, or a symbolic link leads out of the folder.</exception>
    /// <exception cref="IOException">They cannot be listed.</exception>
    public static PluginFileSet Of(PluginCandidate candidate)
    {
        if (candidate.HasFolder)
        {
            var all = OfFolder(candidate.Directory);
            string[] beside = [.. FilesBeside(candidate).Select(file => Path.GetFileName(file))];
            all._files.RemoveAll(file => beside.Contains(file.Name));
            return all;
        }

        var files = new List<PluginFile> { new(Path.GetFileName(candidate.File), candidate.File) };
        foreach (var companion in Companions)
        {
            var file = Path.ChangeExtension(candidate.File, companion);
            if (File.Exists(file))
            {
                files.Add(new PluginFile(Path.GetFileName(file), file));
            }
        }

        return new PluginFileSet(files);
    }

    /// <summary>What says something about a candidate and is none of its files; it need not be there.</summary>
    public static IEnumerable<string> FilesBeside(PluginCandidate candidate) => [PluginSignature.FileOf(candidate), RollbackFile.PathOf(candidate)];

    /// <summary>The files of a folder and of the folders in it.</summary>
    /// <exception cref="PluginException">There are too many, or a symbolic link leads out of the folder.</exception>
    /// <exception cref="IOException">They cannot be listed.</exception>
    public static PluginFileSet OfFolder(string folder)
    {
        var files = new List<PluginFile>();
        var root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(ResolveLink(new DirectoryInfo(folder)))) + Path.DirectorySeparatorChar;
        Collect(new DirectoryInfo(root), root, files);
        return new PluginFileSet(files);
    }

    /// <summary>The hash of a candidate as it is now.</summary>
    /// <exception cref="PluginException">It cannot be read, or there is too much of it.</exception>
    public static string HashOf(PluginCandidate candidate)
    {
        try
        {
            return Of(candidate).ComputeHash();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PluginException($"cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>SHA-256 over names and contents, in lower-case hexadecimal.</summary>
    /// <exception cref="PluginException">There is too much of it.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public string ComputeHash() => Read(target: null);

    /// <summary>Copies the files into an empty directory.</summary>
    /// <returns>The hash of what was copied, which may differ from an earlier one if the files are being replaced.</returns>
    /// <exception cref="PluginException">There is too much of it.</exception>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    public string CopyTo(string directory) => Read(directory);

    private static void Collect(DirectoryInfo directory, string root, List<PluginFile> files)
    {
        foreach (var entry in directory.EnumerateFileSystemInfos())
        {
            var isLink = entry.LinkTarget is not null;
            if (entry is DirectoryInfo child)
            {
                // A linked directory is either inside, and then met there, or outside, and then none of the plugin's business.
                if (!isLink)
                {
                    Collect(child, root, files);
                }

                continue;
            }

            var name = Path.GetRelativePath(root, entry.FullName).Replace(Path.DirectorySeparatorChar, '/');
            if (name.StartsWith(HostPrefix, StringComparison.Ordinal))
            {
                continue;
            }

            var path = isLink ? ResolveLink(entry) : entry.FullName;
            if (isLink && !path.StartsWith(root, StringComparison.Ordinal))
            {
                throw new PluginException($"contains the symbolic link {name}, which leads out of its folder to {path}");
            }

            files.Add(new PluginFile(name, path));
            if (files.Count > MaxFiles)
            {
                throw new PluginException($"consists of more than {MaxFiles} files");
            }
        }
    }

    private static string ResolveLink(FileSystemInfo entry) =>
        entry.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? entry.FullName;

    /// <summary>Every name and content is preceded by its length, so that no two sets of files read the same.</summary>
    private string Read(string? target)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[64 * 1024];
        var total = 0L;
        foreach (var file in _files)
        {
            using var source = new FileStream(file.FullPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            using var copy = target is null ? null : Create(Path.Combine(target, file.Name), file.FullPath);
            var name = Encoding.UTF8.GetBytes(file.Name);
            AppendLength(hash, name.Length);
            hash.AppendData(name);

            // The content's length goes behind it: a file that is being written may grow while it is read.
            var length = 0L;
            for (int count; (count = source.Read(buffer)) > 0;)
            {
                total += count;
                length += count;
                if (total > MaxLength)
                {
                    throw new PluginException($"is larger than {MaxLength / 1024 / 1024} MB");
                }

                hash.AppendData(buffer, 0, count);
                copy?.Write(buffer, 0, count);
            }

            AppendLength(hash, length);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static FileStream Create(string path, string source)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            // Programs that a plugin brings along stay executable; the copy is its owner's alone.
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | (File.GetUnixFileMode(source) & UnixFileMode.UserExecute);
        }

        return new FileStream(path, options);
    }

    private static void AppendLength(IncrementalHash hash, long length)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, length);
        hash.AppendData(bytes);
    }
}
