using Webserv.Abstractions.Files;

namespace Webserv.Plugins.StaticFiles.Encodings;

/// <summary>
/// One version of a file in one coding, whether that was made already or not. Its entity-tag is a strong one of its own
/// (RFC 9110 section 8.8.3.3): that of the file, and what determines the bytes that come out of it.
/// </summary>
internal sealed class CodedFile(IFileEntry file, Compressor compressor, CodedVersion version) : IFileEntry
{
    private CodedContent? _content;

    /// <inheritdoc />
    public FileKind Kind => FileKind.File;

    /// <inheritdoc />
    public string PhysicalPath { get; } = file.PhysicalPath;

    /// <summary>The length in the coding; 0 while it is not known.</summary>
    public long Length => Content?.Length ?? 0;

    /// <inheritdoc />
    public DateTimeOffset LastModified { get; } = file.LastModified;

    /// <inheritdoc />
    public string LastModifiedField { get; } = file.LastModifiedField;

    /// <inheritdoc />
    public string EntityTag { get; } = $"{file.EntityTag.AsSpan(0, file.EntityTag.Length - 1)}-{compressor.Mark}\"";

    /// <summary>What codes it.</summary>
    public Compressor Compressor => compressor;

    /// <summary>The version that it is a coding of.</summary>
    public CodedVersion Version => version;

    /// <summary>The content where it is kept. Set under the lock of the cache.</summary>
    public CodedContent? Content
    {
        get => Volatile.Read(ref _content);
        set => Volatile.Write(ref _content, value);
    }

    /// <summary>Whether it turned out not to be smaller than the file itself.</summary>
    public bool IsFutile { get; set; }

    /// <summary>The compression that is under way. Changes under a lock on <see cref="Gate"/>.</summary>
    public CompressionJob? Job { get; set; }

    /// <summary>Whoever begins or ends a compression holds this.</summary>
    public Lock Gate { get; } = new();
}
