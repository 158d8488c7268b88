using System.IO.Enumeration;
using Webserv.Abstractions.Files;

namespace Webserv.Host.Files;

/// <summary>A name as a directory has it, before symbolic links are resolved and rules are applied.</summary>
/// <param name="Name">The name.</param>
/// <param name="IsDirectory">Whether it is a directory, or a link to one.</param>
/// <param name="IsLink">Whether it is a symbolic link.</param>
/// <param name="Length">In bytes; 0 for what is no file.</param>
/// <param name="Modified">The time of the last change.</param>
internal readonly record struct DirectoryName(string Name, bool IsDirectory, bool IsLink, long Length, DateTimeOffset Modified)
{
    private const char NotUtf8 = '\uFFFD';

    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    /// <summary>Whether it must be looked at once more: pipes, sockets and devices have no length, and a link may lead anywhere.</summary>
    public bool IsUncertain => IsLink || (!IsDirectory && Length == 0);

    /// <summary>Begins to read a directory.</summary>
    /// <exception cref="UnauthorizedAccessException">It can not be read.</exception>
    /// <exception cref="IOException">It is gone, or the file system failed.</exception>
    public static IEnumerator<DirectoryName> Read(string path) =>
        new FileSystemEnumerable<DirectoryName>(path, ToName, Everything).GetEnumerator();

    /// <summary>What is shown of it under the rules of a root.</summary>
    /// <param name="allowDotFiles">Whether names may begin with a dot.</param>
    /// <param name="look">Looks a name of the directory up under the rules of the root, following links as far as they allow.</param>
    /// <returns>The item, or <see langword="null"/> where it is left out.</returns>
    public DirectoryItem? ToItem(bool allowDotFiles, Func<string, (FileKind Kind, long Length, DateTimeOffset Modified)> look)
    {
        // What no request may ask for can still be shown, unless it is hidden.
        var isAcceptable = RequestPathRules.IsAcceptableName(Name, allowDotFiles);
        if (!isAcceptable && Name[0] == '.' && !allowDotFiles)
        {
            return null;
        }

        var item = new DirectoryItem
        {
            Name = Name,
            Kind = IsDirectory ? FileKind.Directory : FileKind.File,
            Length = Length,
            LastModified = Modified,
            IsSymbolicLink = IsLink,
            HasRequestPath = isAcceptable,
        };
        var mayBeNoUtf8 = Name.Contains(NotUtf8, StringComparison.Ordinal);
        if (!mayBeNoUtf8 && !IsUncertain)
        {
            return item;
        }

        var (kind, length, modified) = look(Name);
        return kind is FileKind.File or FileKind.Directory
            ? item with { Kind = kind, Length = kind == FileKind.File ? length : 0, LastModified = modified }
            : mayBeNoUtf8 ? item with { HasRequestPath = false } : null;
    }

    private static DirectoryName ToName(ref FileSystemEntry entry)
    {
        var isLink = entry.Attributes.HasFlag(FileAttributes.ReparsePoint);
        var length = entry.IsDirectory || isLink ? 0 : entry.Length;
        return new DirectoryName(entry.FileName.ToString(), entry.IsDirectory, isLink, length, entry.LastWriteTimeUtc);
    }
}
