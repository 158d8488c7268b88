namespace Webserv.Abstractions.Files;

/// <summary>
/// A file or directory as it was at the moment it was looked up: its values belong together and never change. Use it
/// during the request it was found for; there is nothing to dispose.
/// </summary>
public interface IFileEntry
{
    /// <summary>What was found. All other members but <see cref="PhysicalPath"/> are only meaningful for <see cref="FileKind.File"/>.</summary>
    FileKind Kind { get; }

    /// <summary>
    /// The absolute path on disk, as it was looked up. What has that name may be something else by the time the path is
    /// used: see <see cref="IDocumentRoot.FindAgain"/>.
    /// </summary>
    string PhysicalPath { get; }

    /// <summary>The length in bytes.</summary>
    long Length { get; }

    /// <summary>The time of the last change, cut to whole seconds as HTTP has them.</summary>
    DateTimeOffset LastModified { get; }

    /// <summary><see cref="LastModified"/> as a field value, an IMF-fixdate (RFC 9110 section 5.6.7).</summary>
    string LastModifiedField { get; }

    /// <summary>A strong entity-tag with its quotes (RFC 9110 section 8.8.3), made of length, change time in nanoseconds and inode.</summary>
    string EntityTag { get; }
}
