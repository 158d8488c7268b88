using System.IO.Enumeration;
using Microsoft.Extensions.Logging;

namespace Webserv.Plugins.Uploads;

/// <summary>Temporary files that a crash left behind.</summary>
internal static class StaleFiles
{
    public const string Prefix = ".upload-";
    public const string Suffix = ".tmp";

    /// <summary>The end of the name that a file has until it is locked.</summary>
    public const string UnlockedSuffix = ".new";

    // From its creation to its lock a file needs microseconds; one that is so old has lost its process in between.
    private static readonly TimeSpan LongestBirth = TimeSpan.FromMinutes(1);

    private const int LockedOnLinux = 11;
    private const int LockedOnMacOS = 35;
    private const int SharingViolationOnWindows = unchecked((int)0x80070020);

    /// <summary>Removes those in a directory and below it that no upload, of whatever process, holds open. Links are not followed.</summary>
    public static void Remove(string directory, TimeProvider time, ILogger logger, CancellationToken cancellation)
    {
        var found = new FileSystemEnumerable<string>(
            directory,
            (ref entry) => entry.ToFullPath(),
            new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint })
        {
            ShouldIncludePredicate = (ref entry) => !entry.IsDirectory && (IsTemporary(entry.FileName, Suffix)
                || (IsTemporary(entry.FileName, UnlockedSuffix) && time.GetUtcNow() - entry.LastWriteTimeUtc > LongestBirth)),
        };
        foreach (var path in found)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                // Nobody else holds the lock, so nobody writes it any more; and nobody begins to while it is being removed.
                using (File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Delete))
                {
                    File.Delete(path);
                }

                Log.StaleFileRemoved(logger, path);
            }
            catch (FileNotFoundException)
            {
                // Its upload ended between the look and the lock.
            }
            catch (IOException exception) when (exception.HResult is LockedOnLinux or LockedOnMacOS or SharingViolationOnWindows)
            {
                // An upload of the generation or process before this one: it ends on its own.
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                Log.TemporaryFileStays(logger, path, exception);
            }
        }
    }

    private static bool IsTemporary(ReadOnlySpan<char> name, string suffix) =>
        name.StartsWith(Prefix, StringComparison.Ordinal)
        && name.EndsWith(suffix, StringComparison.Ordinal)
        && Guid.TryParseExact(name[Prefix.Length..^suffix.Length], "N", out _);
}
