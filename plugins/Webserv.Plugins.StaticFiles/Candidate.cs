using Webserv.Abstractions.Files;

namespace Webserv.Plugins.StaticFiles;

/// <summary>One of the paths that are tried for a request, as <see cref="StaticFilesOptions.TryFiles"/> has it.</summary>
internal sealed class Candidate
{
    /// <summary>What stands for the path of the request.</summary>
    public const string Placeholder = "{path}";

    private readonly PathMemory _composed = new();
    private readonly string _before;
    private readonly string _behind;

    /// <summary>Takes a candidate apart.</summary>
    public Candidate(string text)
    {
        var placeholder = text.IndexOf(Placeholder, StringComparison.Ordinal);
        IsFixed = placeholder < 0;
        _before = IsFixed ? text : text[..placeholder];
        _behind = IsFixed ? "" : text[(placeholder + Placeholder.Length)..];
        IsPath = text == Placeholder;
        IsDirectoryOfPath = text == Placeholder + "/";
        IsDirectory = text.EndsWith('/');
    }

    /// <summary>Whether it is the same for every path.</summary>
    public bool IsFixed { get; }

    /// <summary>Whether it is the path of the request as it is.</summary>
    public bool IsPath { get; }

    /// <summary>Whether it is the path of the request as that of a directory.</summary>
    public bool IsDirectoryOfPath { get; }

    /// <summary>Whether a directory is meant, to be answered with its index file, and not a file.</summary>
    public bool IsDirectory { get; }

    /// <summary>Looks it up.</summary>
    public IFileEntry Find(IDocumentRoot root, string path)
    {
        if (IsFixed)
        {
            return root.Find(_before);
        }

        if (_composed.TryGet(path, out var known))
        {
            return root.Find(known);
        }

        var composed = Compose(path);
        _composed.Add(path, composed);
        return root.Find(composed);
    }

    // Where two slashes would meet, one stays.
    private string Compose(string path) => string.Concat(
        _before.AsSpan().TrimEnd('/'), path, path.EndsWith('/') && _behind.StartsWith('/') ? _behind.AsSpan(1) : _behind);
}
