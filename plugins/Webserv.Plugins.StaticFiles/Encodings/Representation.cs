using Webserv.Abstractions.Files;

namespace Webserv.Plugins.StaticFiles.Encodings;

/// <summary>What a file is answered with, before conditions and ranges are looked at: they apply to it.</summary>
/// <param name="File">
/// The file itself, the one beside it that was coded beforehand, or a <see cref="CodedFile"/> that is coded here;
/// <see langword="null"/> where nothing is acceptable to the client.
/// </param>
/// <param name="Coding">Its coding; <see langword="null"/> for none.</param>
/// <param name="Varies">Whether another client may get another representation, which caches have to know (RFC 9110 section 12.5.5).</param>
/// <param name="AllowsIdentity">Whether the file itself could be sent instead.</param>
internal readonly record struct Representation(IFileEntry? File, ContentCoding? Coding, bool Varies, bool AllowsIdentity)
{
    /// <summary>The file as it is.</summary>
    public static Representation Identity(IFileEntry file, bool varies) => new(file, null, varies, AllowsIdentity: true);
}
