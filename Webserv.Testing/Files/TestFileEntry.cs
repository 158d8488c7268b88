using System.Globalization;
using Webserv.Abstractions.Files;

namespace Webserv.Testing.Files;

/// <summary>An entry with the values a test gives it, or those of a file on disk.</summary>
/// <param name="kind">What was found.</param>
/// <param name="physicalPath">The absolute path on disk.</param>
public sealed class TestFileEntry(FileKind kind, string physicalPath) : IFileEntry
{
    /// <inheritdoc/>
    public FileKind Kind { get; } = kind;

    /// <inheritdoc/>
    public string PhysicalPath { get; } = physicalPath;

    /// <inheritdoc/>
    public long Length { get; init; }

    /// <inheritdoc/>
    public DateTimeOffset LastModified { get; init; } = DateTimeOffset.UnixEpoch;

    /// <inheritdoc/>
    public string LastModifiedField => LastModified.ToString("R", CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public string EntityTag { get; init; } = "\"test\"";

    /// <summary>The entry of a file on disk as it is now.</summary>
    /// <param name="physicalPath">The absolute path of a regular file.</param>
    public static TestFileEntry OfFile(string physicalPath)
    {
        var info = new FileInfo(physicalPath);
        info = info.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? info;
        var ticks = info.LastWriteTimeUtc.Ticks;
        return new TestFileEntry(FileKind.File, physicalPath)
        {
            Length = info.Length,
            LastModified = new DateTimeOffset(ticks - (ticks % TimeSpan.TicksPerSecond), TimeSpan.Zero),
            EntityTag = GetTag(info.Length, info.LastWriteTimeUtc),
        };
    }

    /// <summary>The entity-tag of a version of a file.</summary>
    internal static string GetTag(long length, DateTime modified) =>
        string.Create(CultureInfo.InvariantCulture, $"\"{length:x}-{modified.Ticks:x}\"");
}
