using Webserv.Abstractions.Files;

namespace Webserv.Host.Files;

/// <summary>
/// What the file system says about a file. Two equal values mean: the same file with the same content, as far as its
/// clock can tell.
/// </summary>
/// <param name="Kind"><see cref="FileKind.File"/>, <see cref="FileKind.Directory"/>, or <see cref="FileKind.Forbidden"/> for anything else.</param>
/// <param name="Device">The file system it is on.</param>
/// <param name="Inode">Its number there; 0 where the platform does not tell.</param>
/// <param name="Length">In bytes.</param>
/// <param name="ModifiedSeconds">The last change of the content, in seconds since 1970; may be negative.</param>
/// <param name="ModifiedNanoseconds">The rest, 0 to 999,999,999.</param>
/// <param name="ChangedSeconds">The last change of content or attributes, which nobody can set back.</param>
/// <param name="ChangedNanoseconds">The rest, 0 to 999,999,999.</param>
internal readonly record struct FileFacts(
    FileKind Kind,
    ulong Device,
    ulong Inode,
    long Length,
    long ModifiedSeconds,
    uint ModifiedNanoseconds,
    long ChangedSeconds,
    uint ChangedNanoseconds)
{
    /// <summary>The last change of the content in nanoseconds since 1970. Wraps around beyond the years 1677 and 2262, which an entity-tag does not mind.</summary>
    public ulong ModifiedTicks => unchecked((ulong)((ModifiedSeconds * 1_000_000_000) + ModifiedNanoseconds));

    /// <summary>The last change of the content in whole seconds, no later than a moment and within what the type holds.</summary>
    public DateTimeOffset GetModified(DateTimeOffset latest) => DateTimeOffset.FromUnixTimeSeconds(
        Math.Clamp(ModifiedSeconds, DateTimeOffset.MinValue.ToUnixTimeSeconds(), latest.ToUnixTimeSeconds()));

    /// <summary>
    /// Whether it was changed so shortly before that another change could carry the same times: file systems keep them
    /// in steps of up to two seconds.
    /// </summary>
    /// <param name="lookedAt">When the file was opened, in seconds since 1970.</param>
    public bool IsRecent(long lookedAt) => Math.Abs(ChangedSeconds - lookedAt) <= 2;

    /// <summary>
    /// Whether the content is the same as far as an entity-tag tells: attributes may have changed, and what was removed or
    /// replaced while it was open has lost its name.
    /// </summary>
    public bool IsSameVersion(in FileFacts other) =>
        this == other with { ChangedSeconds = ChangedSeconds, ChangedNanoseconds = ChangedNanoseconds };
}
