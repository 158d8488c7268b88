using Webserv.Gateway;

namespace Webserv.Plugins.FastCgi;

/// <summary>Which FastCGI programs answer, and where they are or how they are started.</summary>
public sealed class FastCgiOptions : ProgramOptions
{
    /// <summary>What the programs are asked to do.</summary>
    public ProgramRole Role { get; set; }

    /// <summary>
    /// How long a connection without requests is kept open, 0 to 24 days; 0 makes one for each request. A program that takes
    /// one connection a process, as php-fpm does, serves nobody else on it meanwhile. Default: 1 s; for started programs
    /// for ever.
    /// </summary>
    public TimeSpan? KeepAliveTimeout { get; set; }

    /// <summary>What happens to request bodies whose length is not known before they are read (chunked ones).</summary>
    public ChunkedBody ChunkedBody { get; set; }
}
