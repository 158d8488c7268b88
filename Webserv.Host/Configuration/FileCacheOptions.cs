using System.ComponentModel;
using Webserv.Abstractions.Configuration;

namespace Webserv.Host.Configuration;

/// <summary>The open-file cache.</summary>
internal sealed class FileCacheOptions
{
    /// <summary>Most entries (files, directories and misses) that are remembered.</summary>
    [Description("Most entries (files, directories and misses) that are remembered.")]
    [Allowed("0", "10000000")]
    public int MaxEntries { get; set; } = 10_000;

    /// <summary>Most memory for the contents of small files.</summary>
    [Description("Most memory for the contents of small files.")]
    [Allowed("0", "1TB")]
    public ByteSize MaxMemory { get; set; } = ByteSize.FromMegabytes(64);

    /// <summary>The largest file whose contents are kept in memory; larger ones are sent from a cached descriptor.</summary>
    [Description("The largest file whose contents are kept in memory; larger ones are sent from a cached descriptor.")]
    [Allowed("0", "1GB")]
    public ByteSize MaxFileInMemory { get; set; } = ByteSize.FromKilobytes(64);

    /// <summary>How long an entry is used before the file system is asked again.</summary>
    [Description("How long an entry is used before the file system is asked again.")]
    [Allowed("0s", "1d")]
    public TimeSpan ValidFor { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long an entry is kept that nobody asks for; its memory and its descriptor are given back within twice the time.</summary>
    [Description("How long an entry is kept that nobody asks for; its memory and its descriptor are given back within twice the time.")]
    [Allowed("1s", "7d")]
    public TimeSpan InactiveFor { get; set; } = TimeSpan.FromSeconds(60);
}
