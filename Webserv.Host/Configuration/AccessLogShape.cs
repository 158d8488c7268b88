using System.ComponentModel;
using Webserv.Abstractions.Configuration;

namespace Webserv.Host.Configuration;

/// <summary>An access log as it is written; <see cref="AccessLogOptions"/> is what is made of it.</summary>
[Description("One line for each request. A virtual server's own takes the place of the whole of the one in `Webserv`. Files are opened again on SIGUSR1.")]
internal sealed class AccessLogShape
{
    /// <summary>The path that stands for standard output.</summary>
    public const string StandardOutput = "-";

    /// <summary>The path that stands for no log.</summary>
    public const string Off = "off";

    [Description("The file, relative to the configuration file; its directory must be there. `-` is standard output; `off` is no access log, for a virtual server that is not to have the one of `Webserv`. Needed.")]
    public string Path { get; set; } = "";

    [Description("`Combined` and `Common` as Apache and nginx write them, or `Json`: an object a line.")]
    public AccessLogFormat Format { get; set; }

    [Description("Rights of a file that is made, in octal, less those that the umask takes away.")]
    public string FileMode { get; set; } = "0644";

    [Description("Lines are gathered until there are so many bytes of them, for each event loop.")]
    [Allowed("32KB", "1MB")]
    public ByteSize BufferSize { get; set; } = ByteSize.FromKilobytes(64);

    [Description("How long a line waits at most for others to be written with it.")]
    [Allowed("10ms", "1h")]
    public TimeSpan FlushInterval { get; set; } = TimeSpan.FromSeconds(1);

    [Description("Most memory for lines that wait for a disk that is slow or full, besides the buffers that event loops are filling. Beyond it lines are lost, and counted in the log: no request ever waits for the disk.")]
    [Allowed("1MB", "1GB")]
    public ByteSize MaxPending { get; set; } = ByteSize.FromMegabytes(8);
}
