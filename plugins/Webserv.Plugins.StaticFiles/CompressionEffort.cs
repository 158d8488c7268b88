namespace Webserv.Plugins.StaticFiles;

/// <summary>How much processor time compression may take.</summary>
public enum CompressionEffort
{
    /// <summary>As little as possible: br, gzip and zstd at level 1.</summary>
    Fast,

    /// <summary>What more time brings little beyond: br 5, gzip 6, zstd 6. For more, compress beforehand.</summary>
    Balanced,
}
