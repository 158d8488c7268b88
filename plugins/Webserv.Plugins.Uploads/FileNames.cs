using System.Buffers;
using System.Text;

namespace Webserv.Plugins.Uploads;

/// <summary>Which names files may have.</summary>
internal sealed class FileNames(UploadsOptions options)
{
    // What the file system of this platform refuses, too: on Windows that is a good deal more.
    private static readonly SearchValues<char> Forbidden = SearchValues.Create(
        [.. Path.GetInvalidFileNameChars().Union(Enumerable.Range(0, 32).Select(c => (char)c)), '/', '\\', '\x7f']);

    private readonly string[] _extensions = [.. options.AllowedExtensions];
    private readonly int _maxLength = options.MaxFileNameLength;

    /// <summary>
    /// Whether a name of a path can be used as it is: not empty, no separators, no control characters, no dot at the
    /// beginning (which hides files, temporary ones and <c>..</c> among them), no slash in disguise, not too long.
    /// </summary>
    public bool IsValid(string name) =>
        name.Length > 0
        && name[0] != '.'
        && !name.AsSpan().ContainsAny(Forbidden)
        && !name.Any(char.IsControl)
        && !name.Contains("%2F", StringComparison.OrdinalIgnoreCase)
        && Encoding.UTF8.GetByteCount(name) <= _maxLength;

    /// <summary>Whether the extension is one of those allowed.</summary>
    public bool HasAllowedExtension(string name) =>
        _extensions.Length == 0 || _extensions.Contains(Path.GetExtension(name), StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Makes a name of what a form's client calls its file: the path of the client's disk is taken away, then what a name
    /// must not hold.
    /// </summary>
    /// <returns>A valid name, or <see langword="null"/> where nothing is left or it is too long.</returns>
    public string? FromClient(string fileName)
    {
        // Browsers write %22 for a quote inside a quoted string, others \" and \\.
        var name = fileName.Replace("%22", "\"", StringComparison.Ordinal)
            .Replace("\\\"", "\"", StringComparison.Ordinal)
            .Replace("\\\\", "\\", StringComparison.Ordinal);
        name = name[(name.LastIndexOfAny(['/', '\\']) + 1)..].Replace("%2F", "_", StringComparison.OrdinalIgnoreCase);
        name = string.Concat(name.Where(c => !Forbidden.Contains(c) && !char.IsControl(c))).Trim().TrimStart('.', ' ');
        return IsValid(name) ? name : null;
    }

    /// <summary>The name that is tried when another is taken: <c>name-1.txt</c>, shortened where it would be too long.</summary>
    public string Numbered(string name, int number)
    {
        var extension = Path.GetExtension(name);
        var suffix = FormattableString.Invariant($"-{number}") + extension;
        var stem = name[..^extension.Length];
        while (stem.Length > 1 && Encoding.UTF8.GetByteCount(stem) + Encoding.UTF8.GetByteCount(suffix) > _maxLength)
        {
            stem = stem[..^(char.IsLowSurrogate(stem[^1]) && stem.Length > 2 ? 2 : 1)];
        }

        return stem + suffix;
    }
}
