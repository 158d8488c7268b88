using Microsoft.Win32.SafeHandles;
using Webserv.Abstractions.Files;

namespace Webserv.Host.Files;

/// <summary>What a look into the file system brought.</summary>
/// <param name="Kind">What is there; <see cref="FileKind.Missing"/> where <paramref name="Trouble"/> kept it from being told.</param>
/// <param name="Facts">What is known about it; meaningful for files and directories.</param>
/// <param name="Handle">The file, opened for reading, or the directory, held in place, where that was asked for; owned by whoever gets it.</param>
/// <param name="Trouble">Why the file system could not answer, in words; <see langword="null"/> where it did.</param>
/// <param name="IsExhausted">Whether the trouble is a lack of descriptors or memory, so that giving some back may help.</param>
internal readonly record struct FileLookup(
    FileKind Kind,
    FileFacts Facts = default,
    SafeFileHandle? Handle = null,
    string? Trouble = null,
    bool IsExhausted = false)
{
    /// <summary>Nothing is there.</summary>
    public static FileLookup Missing => new(FileKind.Missing);

    /// <summary>Something is there that may not be had.</summary>
    public static FileLookup Forbidden => new(FileKind.Forbidden);
}
