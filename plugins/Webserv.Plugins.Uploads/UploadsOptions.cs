using Webserv.Abstractions.Configuration;

namespace Webserv.Plugins.Uploads;

/// <summary>Where uploads go and which are taken.</summary>
public sealed class UploadsOptions
{
    /// <summary>
    /// The directory that files are stored in, relative to the configuration file. What is behind the literal beginning of
    /// <c>When.Path</c> is the path below it. Default: the entry's root, where the path is the one that the root's files
    /// have, so that what is stored at a path is served there.
    /// </summary>
    public string? Directory { get; set; }

    /// <summary>
    /// Whether <c>Directory</c> is made at the start where it is missing. An entry's root, where there is no <c>Directory</c>, must be there
    /// in any case.
    /// </summary>
    public bool CreateDirectory { get; set; } = true;

    /// <summary>
    /// Whether directories below it that a path names are made where they are missing; otherwise such a PUT is answered
    /// 409 and such a POST 404. A directory whose path leaves no room for a file's name in the longest path of the system
    /// (4,095 bytes on Linux) is never made or used: 400.
    /// </summary>
    public bool CreateDirectories { get; set; }

    /// <summary>How deep directories are made, 1 to 1000: the most of them that a path may name where one is missing; 400 above it.</summary>
    public int MaxDirectoryDepth { get; set; } = 64;

    /// <summary>The methods that are answered, of POST, PUT and DELETE; any other goes on to the next entry. Default: all three.</summary>
    public IReadOnlyList<string> Methods { get; set; } = [];

    /// <summary>What happens to an upload whose name is taken.</summary>
    public ConflictPolicy Conflict { get; set; } = ConflictPolicy.Reject;

    /// <summary>
    /// Extensions with their dot (<c>.png</c>), ignoring case, that a name must end with one of; others get 415, and 403 for
    /// DELETE. Default: every name.
    /// </summary>
    public IReadOnlyList<string> AllowedExtensions { get; set; } = [];

    /// <summary>The longest name of a file or directory, in bytes of UTF-8, 1 to 255; 400 above it.</summary>
    public int MaxFileNameLength { get; set; } = 255;

    /// <summary>
    /// The largest file; 413 above it. 0 is no limit but the entry's <c>MaxRequestBodySize</c>, which holds in any case (1 MB where nothing sets
    /// it); a form is a little larger than its files.
    /// </summary>
    public ByteSize MaxFileSize { get; set; }

    /// <summary>The most files of one POST, 1 to 1000; 413 above it.</summary>
    public int MaxFiles { get; set; } = 20;

    /// <summary>
    /// The most bytes of all files of one POST together; 413 above it. 0 is no limit but the entry's
    /// <c>MaxRequestBodySize</c>, which holds in any case.
    /// </summary>
    public ByteSize MaxTotalSize { get; set; }

    /// <summary>
    /// Where a browser is sent (303) after a POST: a path or a URL, percent-encoded. Default: the request's own path, where
    /// the listing is. Other clients get 201 and a list in JSON.
    /// </summary>
    public string? RedirectTo { get; set; }

    /// <summary>
    /// Whether a file's content, its name and the directories that were made for it are on the disk (<c>fsync</c>) before the
    /// upload is confirmed, which takes longer.
    /// </summary>
    public bool SyncToDisk { get; set; }
}
