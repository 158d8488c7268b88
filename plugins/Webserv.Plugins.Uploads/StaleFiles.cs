using Microsoft.Extensions.Logging;

namespace Webserv.Plugins.Uploads;

/// <summary>Temporary files that a crash left behind.</summary>
internal static class StaleFiles
{
    public const string Prefix = ".upload-";
    public const string Suffix = ".tmp";

    /// <summary>The end of the name that a file has until it is locked.</summary>
    public const string UnlockedSuffix = ".new";

    private const int LockedOnLinux = 11;
    private const int LockedOnMacOS = 35;
    private const int SharingViolationOnWindows = unchecked((int)0x80070020);

    /// <summary>Removes those in a directory and below it that no upload, of whatever process, holds open. Links are not followed.</summary>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public static void Remove(string directory, TimeProvider time, ILogger logger, CancellationToken cancellation)
    {
        using var found = new StaleFileEnumerator(directory, time, cancellation);
        while (found.MoveNext())
        {
            Remove(found.Current, logger);
        }

        if (found.Unsearched > 0)
        {
            Log.DirectoriesUnsearched(logger, directory, found.Unsearched, found.Reason);
        }
    }

    private static void Remove(string path, ILogger logger)
    {
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
