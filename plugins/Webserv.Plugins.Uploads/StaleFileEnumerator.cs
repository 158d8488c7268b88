using System.IO.Enumeration;
using System.Runtime.InteropServices;

namespace Webserv.Plugins.Uploads;

/// <summary>
/// Finds what may be a temporary file that a crash left behind. Links are not followed, and a directory that cannot be
/// searched is counted and passed over: clients make directories, and none of them may keep the others from being searched.
/// </summary>
internal sealed class StaleFileEnumerator(string directory, TimeProvider time, CancellationToken cancellation)
    : FileSystemEnumerator<string>(directory, Options)
{
    // From its creation to its lock a file needs microseconds; one that is so old has lost its process in between.
    private static readonly TimeSpan LongestBirth = TimeSpan.FromMinutes(1);

    private static readonly EnumerationOptions Options = new()
    {
        RecurseSubdirectories = true,
        IgnoreInaccessible = true,
        AttributesToSkip = FileAttributes.ReparsePoint,
    };

    /// <summary>How many directories could not be searched, those apart that the server may not enter.</summary>
    public int Unsearched { get; private set; }

    /// <summary>Why the last of them could not.</summary>
    public string? Reason { get; private set; }

    protected override bool ShouldIncludeEntry(ref FileSystemEntry entry)
    {
        cancellation.ThrowIfCancellationRequested();
        return !entry.IsDirectory && (IsTemporary(entry.FileName, StaleFiles.Suffix)
            || (IsTemporary(entry.FileName, StaleFiles.UnlockedSuffix) && time.GetUtcNow() - entry.LastWriteTimeUtc > LongestBirth));
    }

    // Not ToFullPath, whose buffer ends where the longest path does.
    protected override string TransformEntry(ref FileSystemEntry entry) => Path.Join(entry.Directory, entry.FileName);

    protected override bool ContinueOnError(int error)
    {
        Unsearched++;
        Reason = Marshal.GetPInvokeErrorMessage(error);
        return true;
    }

    private static bool IsTemporary(ReadOnlySpan<char> name, string suffix) =>
        name.StartsWith(StaleFiles.Prefix, StringComparison.Ordinal)
        && name.EndsWith(suffix, StringComparison.Ordinal)
        && Guid.TryParseExact(name[StaleFiles.Prefix.Length..^suffix.Length], "N", out _);
}
