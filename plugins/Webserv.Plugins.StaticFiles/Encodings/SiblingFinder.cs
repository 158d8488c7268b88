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

        if (sibling.LastModified >= file.LastModified && sibling.Length > 0)
        {
            return sibling;
        }

        if (_report.IsDue())
        {
            Log.SiblingNotServed(logger, sibling.PhysicalPath);
        }

        return null;
    }
}
