using Webserv.Abstractions.Files;
using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;

namespace Webserv.Gateway.Scripts;

/// <summary>
/// Finds the script of a request: the first segment from the left that has a script's ending and is a regular file; what
/// follows is PATH_INFO (RFC 3875 section 3.3). Or the one script of the entry, for which all of the path is. All look-ups go through the document root, which finds nothing outside.
/// </summary>
internal sealed class ScriptResolver(IPipelineEntry entry, IDocumentRoot root, ScriptRules rules)
{
    private readonly string[] _index = [.. rules.Index ?? rules.Endings.All.Select(static ending => "index" + ending)];

    /// <summary>Finds the script, or <see langword="null"/> where the path names none.</summary>
    /// <exception cref="HttpException">403: there is one that must not be run.</exception>
    public Script? Resolve(string path)
    {
        if (!path.StartsWith('/'))
        {
            return null; // OPTIONS *
        }

        if (rules.Script is { } only)
        {
            return ResolveOnly(only, path);
        }

        var below = entry.GetPathBelowRoot(path);
        var prefix = path.EndsWith(below, StringComparison.Ordinal) ? path[..^below.Length] : "";
        for (var start = 1; start < below.Length;)
        {
            var slash = below.IndexOf('/', start);
            var end = slash < 0 ? below.Length : slash;
            if (end > start && rules.Endings.Match(below.AsSpan(start, end - start)) is { } ending)
            {
                var found = root.Find(string.Concat(prefix, below.AsSpan(0, end)));
                switch (found.Kind)
                {
                    case FileKind.File:
                        return Make(ending, found, found.PhysicalPath, prefix, below, end);
                    case FileKind.Forbidden:
                        throw new HttpException(StatusCodes.Forbidden, $"{path}: the script may not be read or lies outside the root");
                    case FileKind.Missing:
                        return rules.MayBeMissing(ending) ? MakeMissing(ending, prefix, below, end) : null;
                    case FileKind.Directory:
                    default:
                        break;
                }
            }

            start = end + 1;
        }

        return below.EndsWith('/') ? FindIndex(path, prefix, below) : null;
    }

    /// <summary>
    /// Looks a script up once more, past the cache, for the moment before it is started: a directory on its way may have
    /// been swapped for a link out of the root since. What remains is whoever may write below the root: they can replace the
    /// script, or a directory on its way, between this look and the moment in which the interpreter opens it.
    /// </summary>
    /// <exception cref="HttpException">403: it must not be run any more; 404: it is gone.</exception>
    public void ThrowIfChanged(Script script)
    {
        switch (root.FindAgain(script.Entry).Kind)
        {
            case FileKind.File:
            case FileKind.Missing when rules.MayBeMissing(script.Ending):
                return;
            case FileKind.Forbidden:
                throw new HttpException(StatusCodes.Forbidden, $"{script.FileName}: the script may not be read or lies outside the root");
            default:
                throw new HttpException(StatusCodes.NotFound, $"{script.FileName}: the script is gone");
        }
    }

    private Script? ResolveOnly(string file, string path)
    {
        var found = root.Find(PathOf(file, path));
        if (found.Kind == FileKind.Forbidden)
        {
            throw new HttpException(StatusCodes.Forbidden, $"{file}: the script may not be read or lies outside the root");
        }

        if (found.Kind != FileKind.File || rules.Endings.Match(file) is not { } ending)
        {
            return null;
        }

        var (name, below) = SplitOff(path, entry.GetPathBelowMatch(path));
        return new Script(
            ending,
            found,
            found.PhysicalPath,
            Path.GetDirectoryName(found.PhysicalPath)!,
            name,
            rules.PathInfo == PathInfoStyle.FullPath ? path : below,
            below.Length == 0 ? null : Path.TrimEndingDirectorySeparator(root.Directory) + below,
            name,
            root.Directory);
    }

    /// <summary>The request's path that would be looked up as a file of the root: with the alias prefix of another one.</summary>
    private string PathOf(string file, string path)
    {
        var candidate = $"{SplitOff(path, entry.GetPathBelowRoot(path)).Prefix}/{file}";

        // A pattern without * fits no other path, and what fits none is looked up as it is.
        return entry.GetPathBelowRoot(candidate).AsSpan(1).SequenceEqual(file) ? candidate : "/" + file;
    }

    // "/cgit" fits "/cgit/*" as well, and has nothing behind it.
    private static (string Prefix, string Below) SplitOff(string path, string below) =>
        path.EndsWith(below, StringComparison.Ordinal) ? (path[..^below.Length], below) : (path, "");

    private Script? FindIndex(string path, string prefix, string below)
    {
        if (_index.Length == 0)
        {
            return null;
        }

        var directory = root.Find(path);
        if (directory.Kind != FileKind.Directory)
        {
            return null;
        }

        foreach (var name in _index)
        {
            if (rules.Endings.Match(name) is { } ending && root.FindIn(directory, name) is { Kind: FileKind.File } file)
            {
                var whole = below + name;
                return Make(ending, file, file.PhysicalPath, prefix, whole, whole.Length);
            }
        }

        return null;
    }

    private Script? MakeMissing(string ending, string prefix, string below, int end)
    {
        if (ending == ScriptEndings.Any)
        {
            end = below.Length;
        }

        // A hidden file looks missing too.
        var hidden = below.Contains("/.", StringComparison.Ordinal);
        return hidden || LiesInAFile(below.AsSpan(0, end)) || below.EndsWith('/') && end == below.Length
            ? null
            : Make(ending, root.Find(string.Concat(prefix, below.AsSpan(0, end))), Path.Join(root.Directory, below.AsSpan(0, end)), prefix, below, end);
    }

    /// <summary>
    /// Whether a part of the path before its end is a file. php-cgi walks up a path that does not exist and runs the first
    /// file it meets (cgi.fix_pathinfo): <c>/evil.jpg/x.php</c> would run a picture. Asks the disk and not the cache, whose
    /// answer may be older than the upload.
    /// </summary>
    private bool LiesInAFile(ReadOnlySpan<char> path)
    {
        for (var end = path.LastIndexOf('/'); end > 0; end = path[..end].LastIndexOf('/'))
        {
            if (File.Exists(Path.Join(root.Directory, path[..end]).TrimEnd('/')))
            {
                return true;
            }
        }

        return false;
    }

    private Script Make(string ending, IFileEntry found, string fileName, string prefix, string below, int end)
    {
        var (information, mapped) = rules.PathInfo == PathInfoStyle.FullPath ? (prefix + below, below) : (below[end..], below[end..]);
        var directory = Path.GetDirectoryName(fileName);
        return new Script(
            ending,
            found,
            fileName,
            found.Kind == FileKind.File || Directory.Exists(directory) ? directory! : root.Directory,
            string.Concat(prefix, below.AsSpan(0, end)),
            information,
            information.Length == 0 ? null : Path.TrimEndingDirectorySeparator(root.Directory) + mapped,
            prefix,
            root.Directory);
    }
}
