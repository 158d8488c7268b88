using System.Text;

namespace Webserv.Host.Control;

/// <summary>What a path must be like for a unix-domain socket (<c>unix(7)</c>).</summary>
internal static class ControlPath
{
    // Of the 108 bytes of sun_path, one ends the text. The socket is made under a longer name beside it first.
    private const int MaxBytes = 107 - 9;

    /// <summary>What is wrong with a path, or <see langword="null"/>.</summary>
    public static string? FindProblem(string path) =>
        string.IsNullOrWhiteSpace(path) || path.Contains('\0', StringComparison.Ordinal) ? "the path of a unix-domain socket is missing"
        : Encoding.UTF8.GetByteCount(path) > MaxBytes ? $"the path has more than {MaxBytes} bytes, which is the most for this socket: {path}"
        : null;
}
