using Webserv.Abstractions.Configuration;
using Webserv.Plugins.StaticFiles.Encodings;

namespace Webserv.Plugins.StaticFiles;

/// <summary>How an entry compresses files that were not compressed beforehand.</summary>
public sealed class CompressionOptions
{
    /// <summary>
    /// The codings that files are compressed into for clients that accept them: <c>br</c>, <c>zstd</c> and <c>gzip</c>, in the order in
    /// which they are preferred by the server. Media types that are compressed already are sent as they are, and so are ranges.
    /// Default: none, and nothing is compressed.
    /// </summary>
    public IList<string> Codings { get; set; } = [];

    /// <summary>Smaller files are sent as they are.</summary>
    public ByteSize MinSize { get; set; } = ByteSize.FromKilobytes(1);

    /// <summary>Larger files are sent as they are. Up to 256MB, since what is being compressed is held in memory.</summary>
    public ByteSize MaxSize { get; set; } = ByteSize.FromMegabytes(8);

    /// <summary>How much processor time the first request for a file may take.</summary>
    public CompressionEffort Effort { get; set; } = CompressionEffort.Balanced;

    /// <summary>
    /// The memory in which this entry keeps what it has compressed; what was not asked for lately goes first. 0 to compress
    /// for every request anew. What clients still take that is not kept, or no longer, may be as much again, and 32MB in any case;
    /// where it is more, files are sent as they are.
    /// </summary>
    public ByteSize CacheSize { get; set; } = ByteSize.FromMegabytes(32);

    /// <summary>
    /// How many files are compressed at once, 0 to 1024; who asks for one more meanwhile gets it as it is. 0 stands for half
    /// as many as there are processors.
    /// </summary>
    public int MaxConcurrent { get; set; }

    /// <summary>The codings, none twice.</summary>
    internal ContentCoding[] GetCodings() => ContentCoding.Parse(Codings);
}
