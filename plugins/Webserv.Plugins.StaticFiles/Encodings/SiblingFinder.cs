using Microsoft.Extensions.Logging;
using Webserv.Abstractions.Files;

namespace Webserv.Plugins.StaticFiles.Encodings;

/// <summary>Finds files that were coded beforehand and lie beside the one that was asked for.</summary>
internal sealed class SiblingFinder(IDocumentRoot root, TimeProvider time, ILogger logger)
{
    private readonly OncePerMinute _report = new(time);

    /// <summary>Finds the file that holds another one in a coding.</summary>
    /// <returns>
    /// It; <see langword="null"/> where there is none, where it is older than what it should hold (by whole seconds, as tools
    /// that keep times keep them), and where it is empty, as no coding of anything is.
    /// </returns>
    public IFileEntry? Find(IFileEntry file, ContentCoding coding)
    {
        var sibling = root.FindSibling(file, coding.Suffix);
        if (sibling.Kind != FileKind.File)
        {
            return null;
        }

        if (sibling.Length > 0 && (sibling.LastModified >= file.LastModified || IsAsNewOnDisk(file, sibling)))
        {
            return sibling;
        }

        if (_report.IsDue())
        {
            Log.SiblingNotServed(logger, sibling.PhysicalPath);
        }

        return null;
    }

    // A file from the future has the time at which it was found (RFC 9110 section 8.8.2.1), which says nothing of two of them: then
    // the times on disk count. Those of symbolic links are their own, and not those of what they lead to.
    private static bool IsAsNewOnDisk(IFileEntry file, IFileEntry sibling)
    {
        var original = new FileInfo(file.PhysicalPath);
        var coded = new FileInfo(sibling.PhysicalPath);
        return SecondsOf(original.LastWriteTimeUtc) > SecondsOf(file.LastModified.UtcDateTime)
            && SecondsOf(coded.LastWriteTimeUtc) >= SecondsOf(original.LastWriteTimeUtc)
            && original.LinkTarget is null
            && coded.LinkTarget is null;
    }

    private static long SecondsOf(DateTime time) => time.Ticks / TimeSpan.TicksPerSecond;
}
