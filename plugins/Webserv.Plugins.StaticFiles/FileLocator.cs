using System.Globalization;
using Webserv.Abstractions.Files;

namespace Webserv.Plugins.StaticFiles;

/// <summary>
/// Finds the file that a path stands for: itself, the index file of a directory, or what is to be tried in its place.
/// </summary>
internal sealed class FileLocator
{
    private readonly IDocumentRoot _root;
    private readonly string[] _index;
    private readonly Candidate[]? _candidates;
    private readonly Candidate[] _last = [];
    private readonly string? _fallback;

    /// <summary>Reads what is to be tried.</summary>
    public FileLocator(StaticFilesOptions options, IDocumentRoot root)
    {
        _root = root;
        _index = [.. options.GetIndex()];
        _fallback = options.Fallback;
        if (options.TryFiles.Count > 0)
        {
            ElseStatus = options.TryFiles[^1] is ['=', .. var status] ? int.Parse(status, CultureInfo.InvariantCulture) : null;
            var candidates = options.TryFiles.Take(options.TryFiles.Count - (ElseStatus is null ? 0 : 1)).Select(text => new Candidate(text)).ToArray();
            var ofPath = Array.FindLastIndex(candidates, candidate => !candidate.IsFixed) + 1;
            (_candidates, _last) = (candidates[..ofPath], candidates[ofPath..]);
        }
    }

    /// <summary>The status where nothing that was tried is there; <see langword="null"/> to leave the request to others.</summary>
    public int? ElseStatus { get; }

    /// <summary>Finds what a path itself stands for.</summary>
    /// <param name="path">The path of the request.</param>
    /// <returns>
    /// A file to answer with; a directory without an index file, or whose path lacks its slash; or what else there is.
    /// </returns>
    public IFileEntry FindItself(string path)
    {
        var found = _root.Find(path);
        return found.Kind == FileKind.Directory && path.EndsWith('/') ? FindIndex(found) : found;
    }

    /// <summary>Finds what a GET of a path is answered with, as far as it has to do with the path.</summary>
    /// <param name="path">The path of the request.</param>
    /// <param name="itself">What the path itself stands for, whether it is to be tried or not.</param>
    /// <returns>
    /// A file to answer with, a directory whose path lacks its slash, or what may not be read; <see langword="null"/> where there is
    /// nothing of that: see <see cref="FindLast"/>.
    /// </returns>
    public IFileEntry? Find(string path, out IFileEntry itself)
    {
        if (_candidates is null)
        {
            itself = FindItself(path);
            return itself.Kind == FileKind.Missing || (itself.Kind == FileKind.Directory && path.EndsWith('/')) ? null : itself;
        }

        itself = _root.Find(path);
        return FindFirst(_candidates, path, itself);
    }

    /// <summary>Finds what a GET is answered with where its path stands for nothing: the candidates that are the same for all paths.</summary>
    /// <param name="path">The path of the request.</param>
    /// <param name="itself">What the path itself stands for.</param>
    /// <returns>As <see cref="Find"/>, or a directory without an index file.</returns>
    public IFileEntry? FindLast(string path, IFileEntry itself) =>
        FindFirst(_last, path, itself) ?? (itself.Kind == FileKind.Directory && path.EndsWith('/') ? itself : null);

    /// <summary>The file that stands for all pages of an application, if one is configured and there.</summary>
    public IFileEntry? FindFallback() =>
        _fallback is not null && _root.Find(_fallback) is { Kind: FileKind.File or FileKind.Forbidden } found ? found : null;

    private IFileEntry? FindFirst(Candidate[] candidates, string path, IFileEntry itself)
    {
        foreach (var candidate in candidates)
        {
            if (Try(candidate, path, itself) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private IFileEntry? Try(Candidate candidate, string path, IFileEntry itself)
    {
        var found = candidate.IsPath || candidate.IsDirectoryOfPath ? itself : candidate.Find(_root, path);
        if (found.Kind == FileKind.Forbidden)
        {
            return found;
        }

        if (!candidate.IsDirectory)
        {
            return found.Kind == FileKind.File ? found : null;
        }

        var index = found.Kind == FileKind.Directory ? FindIndex(found) : found;
        return index.Kind is not (FileKind.File or FileKind.Forbidden) || found.Kind == FileKind.File ? null
            : candidate.IsDirectoryOfPath && !path.EndsWith('/') ? found // To be redirected to its slash.
            : index;
    }

    private IFileEntry FindIndex(IFileEntry directory)
    {
        foreach (var name in _index)
        {
            var file = _root.FindIn(directory, name);
            if (file.Kind is FileKind.File or FileKind.Forbidden)
            {
                return file;
            }
        }

        return directory;
    }
}
