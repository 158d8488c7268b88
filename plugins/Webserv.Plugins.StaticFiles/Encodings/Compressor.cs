using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Webserv.Plugins.StaticFiles.Encodings;

/// <summary>Compresses into one coding with one level.</summary>
internal sealed class Compressor
{
    private readonly int _level;

    /// <summary>Chooses the level.</summary>
    public Compressor(ContentCoding coding, CompressionEffort effort)
    {
        Coding = coding;
        _level = GetLevel(coding, effort);

        // The same bytes come out as long as none of these changes.
        var library = coding == ContentCoding.Zstandard ? typeof(ZstdSharp.CompressionStream).Assembly.GetName().Version : Environment.Version;
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{coding.Name} {_level} {library}"));
        Mark = $"{coding.Name}-{Convert.ToHexStringLower(hash.AsSpan(0, 4))}";
    }

    /// <summary>The coding.</summary>
    public ContentCoding Coding { get; }

    /// <summary>What determines the bytes that come out of a file, in a form that an entity-tag can hold.</summary>
    public string Mark { get; }

    /// <summary>Makes a stream that compresses what is written to it; the end comes out when it is disposed.</summary>
    /// <param name="output">Gets what is compressed, and is left open.</param>
    public Stream Compress(Stream output) =>
        Coding == ContentCoding.Brotli ? new BrotliStream(output, new BrotliCompressionOptions { Quality = _level }, leaveOpen: true)
        : Coding == ContentCoding.Gzip ? new GZipStream(output, new ZLibCompressionOptions { CompressionLevel = _level }, leaveOpen: true)
        : new ZstdSharp.CompressionStream(output, _level, leaveOpen: true);

    // Zstandard's window stays within the 8 MB that RFC 9659 allows: its levels up to 19 keep to that.
    private static int GetLevel(ContentCoding coding, CompressionEffort effort) =>
        effort == CompressionEffort.Fast ? 1 : coding == ContentCoding.Brotli ? 5 : 6;
}
