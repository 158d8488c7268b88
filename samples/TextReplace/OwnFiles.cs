using Webserv.Abstractions.Files;
using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;

namespace Webserv.Samples.TextReplace;

/// <summary>
/// Reads files that another middleware sends, by the rules of the entry's own root: a path of the file system alone may have become
/// another file meanwhile.
/// </summary>
internal sealed class OwnFiles(IOpenFileCache files, IPipelineEntry entry)
{
    // Hidden files are none of its business: whoever sends one has decided that.
    private readonly IDocumentRoot? _root = entry.Root is null ? null : files.OpenRoot(entry, new DocumentRootOptions { ServeDotFiles = true });

    /// <summary>Opens the content of a file.</summary>
    /// <returns>Null: it does not lie below the root, or the root does not allow it.</returns>
    /// <exception cref="HttpException">503: it changes just now.</exception>
    public Stream? Open(IFileEntry file)
    {
        if (_root is null || !file.PhysicalPath.StartsWith(_root.Directory.TrimEnd('/') + '/', StringComparison.Ordinal))
        {
            return null;
        }

        // Name by name, since a path would be taken for that of a request, whose alias is taken away.
        var own = _root.Find("/");
        foreach (var name in file.PhysicalPath[_root.Directory.TrimEnd('/').Length..].Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (own.Kind != FileKind.Directory)
            {
                return null;
            }

            own = _root.FindIn(own, name);
        }

        return own.Kind != FileKind.File ? null
            : own.EntityTag == file.EntityTag ? _root.OpenRead(own)
            : throw new HttpException(StatusCodes.ServiceUnavailable, $"{file.PhysicalPath} changes just now") { Headers = { [Fields.RetryAfter] = "1" } };
    }
}
