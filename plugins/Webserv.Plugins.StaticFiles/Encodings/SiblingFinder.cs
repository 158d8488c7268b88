using Microsoft.Extensions.Logging;
using Webserv.Abstractions.Files;

namespace Webserv.Plugins.StaticFiles.Encodings;

/// <summary>Finds files that were coded beforehand and lie beside the one that was asked for.</summary>
internal sealed class SiblingFinder(IDocumentRoot root, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan LogInterval = TimeSpan.FromMinutes(1);

    private long _loggedAt = long.MinValue;

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

        if (sibling.LastModified >= file.LastModified && sibling.Length > 0)
        {
            return sibling;
        }

        Report(sibling);
        return null;
    }

    // Every request meets it: one entry a minute says so.
    private void Report(IFileEntry sibling)
    {
        var last = Interlocked.Read(ref _loggedAt);
        var now = time.GetTimestamp();
        if ((last == long.MinValue || time.GetElapsedTime(last, now) >= LogInterval)
            && Interlocked.CompareExchange(ref _loggedAt, now, last) == last)
        {
            Log.SiblingNotServed(logger, sibling.PhysicalPath);
        }
    }
}
