using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Webserv.Abstractions.Files;
using Webserv.Abstractions.Http;

namespace Webserv.Host.Files;

/// <summary>
/// A file, directory or miss as it was at one moment. Length, times, entity-tag and content or descriptor come from one
/// open file and never change; a file that changed on disk becomes another instance.
/// </summary>
internal sealed class CachedFile : IFileEntry
{
    private readonly RootDirectory _root;
    private readonly FileFacts _facts;
    private readonly SafeFileHandle? _handle;
    private string? _physicalPath;
    private RelatedPath[] _related = [];

    /// <summary>Keeps what a look-up found.</summary>
    /// <param name="root">The root it was found in.</param>
    /// <param name="path">The path below the root.</param>
    /// <param name="kind">What was found.</param>
    /// <param name="facts">What the file system said about it.</param>
    /// <param name="content">The whole content, or <see langword="null"/>.</param>
    /// <param name="handle">The open file, or <see langword="null"/>; owned by this instance.</param>
    /// <param name="now">The moment before it was opened; a file from the future gets no later time (RFC 9110 section 8.8.2.1).</param>
    public CachedFile(
        RootDirectory root, string path, FileKind kind, FileFacts facts, byte[]? content, SafeFileHandle? handle, DateTimeOffset now)
    {
        _root = root;
        _facts = facts;
        _handle = handle;
        Path = path;
        Kind = kind;
        Content = content;
        LastModifiedField = "";
        EntityTag = "";
        if (kind == FileKind.File)
        {
            LastModified = facts.GetModified(now);
            LastModifiedField = LastModified.ToString("R", CultureInfo.InvariantCulture);
            EntityTag = string.Create(
                CultureInfo.InvariantCulture, $"\"{facts.Length:x}-{facts.ModifiedTicks:x}-{facts.Inode:x}\"");
        }

        IsRecent = kind == FileKind.File && facts.IsRecent(now.ToUnixTimeSeconds());
    }

    /// <inheritdoc />
    public FileKind Kind { get; }

    // Nobody asks a miss for it, and there are many of them.
    /// <inheritdoc />
    public string PhysicalPath => _physicalPath ??= _root.Directory is "/" or "" ? Path : System.IO.Path.Join(_root.Directory, Path.TrimEnd('/'));

    /// <inheritdoc />
    public long Length => _facts.Length;

    /// <inheritdoc />
    public DateTimeOffset LastModified { get; }

    /// <inheritdoc />
    public string LastModifiedField { get; }

    /// <inheritdoc />
    public string EntityTag { get; }

    /// <summary>The whole content of a small file, never to be changed; <see langword="null"/> where it is to be sent from a descriptor.</summary>
    public byte[]? Content { get; }

    /// <summary>The path below the root under which it was found.</summary>
    public string Path { get; }

    /// <summary>Whether it was found through this root.</summary>
    public bool IsFrom(RootDirectory root) => ReferenceEquals(_root, root);

    /// <summary>Whether the file changed so shortly before it was loaded that its times cannot tell a further change.</summary>
    public bool IsRecent { get; }

    /// <summary>Whether a descriptor is kept for it.</summary>
    public bool HasDescriptor => _handle is not null;

    /// <summary>Whether a new look at the file system found the same thing unchanged.</summary>
    public bool IsStill(in FileLookup look) =>
        look.Kind == Kind && Kind switch
        {
            FileKind.File => !IsRecent && look.Facts == _facts,

            // Of a directory nothing is remembered but that it is one.
            _ => true,
        };

    /// <summary>
    /// Borrows a descriptor of exactly this file. It stays open until <see cref="Return"/>, whatever happens to the cache
    /// meanwhile. Each success is followed by one return.
    /// </summary>
    /// <param name="handle">The open file; read it with explicit offsets only, others use it too.</param>
    /// <returns>
    /// <see langword="false"/> where the cache has let go of the descriptor and the file has changed on disk since, so that
    /// this version of it can no longer be had.
    /// </returns>
    /// <exception cref="HttpException">503: it had to be opened again and the file system could not answer.</exception>
    public bool TryRent([NotNullWhen(true)] out SafeFileHandle? handle)
    {
        if (Kind != FileKind.File)
        {
            handle = null;
            return false;
        }

        if (_handle is { IsClosed: false })
        {
            var added = false;
            try
            {
                _handle.DangerousAddRef(ref added);
                handle = _handle;
                return true;
            }
            catch (ObjectDisposedException)
            {
                // Evicted between the question and the answer: opened again below.
            }
        }

        return _root.TryReopen(Path, _facts, out handle);
    }

    /// <summary>Gives a borrowed descriptor back.</summary>
    /// <param name="handle">What <see cref="TryRent"/> gave.</param>
    public void Return(SafeFileHandle handle)
    {
        if (ReferenceEquals(handle, _handle))
        {
            handle.DangerousRelease();
        }
        else
        {
            handle.Dispose();
        }
    }

    /// <summary>Closes the descriptor as soon as nobody borrows it any more.</summary>
    public void Close() => _handle?.Dispose();

    /// <summary>Reads it as it was found.</summary>
    /// <exception cref="HttpException">503: this version of it can no longer be had, or the file system could not answer.</exception>
    public Stream OpenRead() =>
        Content is not null ? new MemoryStream(Content, writable: false)
        : TryRent(out var handle) ? new CachedFileStream(this, handle)
        : throw new HttpException(StatusCodes.ServiceUnavailable, $"{PhysicalPath} changed while it was about to be read");

    /// <summary>Whether a borrowed descriptor still shows this version.</summary>
    /// <exception cref="IOException">The file system failed.</exception>
    public bool IsUnchanged(SafeFileHandle handle) => _root.Examine(handle).IsSameVersion(_facts);

    /// <summary>A name in this directory.</summary>
    public RelatedPath GetChild(string name) => GetRelated(name, isChild: true);

    /// <summary>The path of this file with something behind it.</summary>
    public RelatedPath GetSibling(string suffix) => GetRelated(suffix, isChild: false);

    // One of the two is asked for: a file has no children, and a directory no siblings.
    private RelatedPath GetRelated(string name, bool isChild)
    {
        const int Remembered = 8;
        var related = Volatile.Read(ref _related);
        foreach (var one in related)
        {
            if (one.Name == name)
            {
                return one;
            }
        }

        var isRemembered = related.Length < Remembered;
        var made = new RelatedPath(name, !isChild || Path.EndsWith('/') ? Path + name : $"{Path}/{name}", isRemembered);
        if (isRemembered)
        {
            // Two at once may lose one of the names, which is then made again.
            Volatile.Write(ref _related, [.. related, made]);
        }

        return made;
    }
}
