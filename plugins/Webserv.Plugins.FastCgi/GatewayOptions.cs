using Webserv.Abstractions.Configuration;
using Webserv.Gateway;
using Webserv.Gateway.Exchange;
using Webserv.Gateway.Processes;

namespace Webserv.Plugins.FastCgi;

/// <summary>What the middleware of this plugin have in common: where programs are, which scripts they run, for how long.</summary>
public abstract class GatewayOptions
{
    /// <summary>
    /// Where a program listens that somebody else has started: <c>"127.0.0.1:9000"</c>, <c>"[::1]:9000"</c>,
    /// <c>"php.internal:9000"</c> or <c>"unix:/run/php/php-fpm.sock"</c>. Default: none.
    /// </summary>
    public string? Address { get; set; }

    /// <summary>
    /// Several such addresses. Each request goes to the one that is least busy; one that cannot be connected to is left
    /// alone for a quarter of a second, and up to ten when that goes on. Default: none.
    /// </summary>
    public IList<string> Addresses { get; set; } = [];

    /// <summary>The most requests at once that an address is given, 1 to 10000. A FastCGI program that says it takes fewer gets fewer.</summary>
    public int MaxConnections { get; set; } = 64;

    /// <summary>
    /// Which files are scripts, by their endings (<c>".php"</c>, or <c>"*"</c> for all). Where it is empty, requests are not
    /// looked up on disk and all of them go to the program: what <c>When.Path</c> takes away is <c>SCRIPT_NAME</c>, the rest is
    /// <c>PATH_INFO</c>. Default: none; for Php <c>.php</c>.
    /// </summary>
    public IList<string> Extensions { get; set; } = [];

    /// <summary>
    /// The names of the scripts that answer for a directory whose path ends with a slash, tried in order. An empty list is
    /// none. Default: <c>index</c> with each of <see cref="Extensions"/>.
    /// </summary>
    public IList<string>? Index { get; set; }

    /// <summary>
    /// The script that answers for every path that is no file and no directory, such as <c>"/index.php"</c>: as WordPress and
    /// many others want it. It finds the path in <c>REQUEST_URI</c>. Default: none.
    /// </summary>
    public string? FrontController { get; set; }

    /// <summary>What the scripts find in <c>PATH_INFO</c>.</summary>
    public PathInfoStyle PathInfo { get; set; }

    /// <summary>
    /// Whether a script must exist. Switch it off only where the files are on the program's machine and not on this one: the
    /// program then gets whatever path a client makes up.
    /// </summary>
    public bool CheckScriptExists { get; set; } = true;

    /// <summary>
    /// What the entry's root is called where the program runs, such as <c>"/var/www/html"</c> in its container. It replaces
    /// the root in <c>SCRIPT_FILENAME</c>, <c>DOCUMENT_ROOT</c>, <c>PATH_TRANSLATED</c> and <c>CONTEXT_DOCUMENT_ROOT</c>.
    /// Default: the same.
    /// </summary>
    public string? BackendRoot { get; set; }

    /// <summary>How long connecting may take before the address counts as failed. 1 ms to 1 hour.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long a program may neither take input nor give output while the client is ready for both, before the request is
    /// aborted: 504 where nothing was sent yet, otherwise the connection is closed in the middle of the answer. Also how long a
    /// started program may go on with a request whose client has left. 1 ms to 24 days.
    /// </summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long an answer may take to its last byte before it is aborted as after <see cref="Timeout"/>. 1 ms to 24 days. Default: no limit.</summary>
    public TimeSpan? TotalTimeout { get; set; }

    /// <summary>
    /// How long a program may take to give a request up that it was asked to abort, before the connection is closed; and how
    /// long a started program may take to end after SIGTERM before SIGKILL. 0 to 1 minute.
    /// </summary>
    public TimeSpan KillGrace { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The most bytes of an answer's header block; 502 above it. 256 bytes to 16 MB.</summary>
    public ByteSize MaxHeaderSize { get; set; } = ByteSize.FromKilobytes(64);

    /// <summary>
    /// Files that a script may have sent in place of its body by <c>X-Accel-Redirect</c> or <c>X-LiteSpeed-Location</c>: the
    /// beginning of a path, with slashes at both ends, to a directory of this machine (<c>{ "/protected/": "var/private" }</c>).
    /// The path stands for nothing that a client could ask for. Nothing outside the directory is sent. With this or
    /// <see cref="SendFileDirectories"/> no client sees such a field; with neither it is passed on to the client as any
    /// other. Default: none.
    /// </summary>
    public IDictionary<string, string> SendFileRoots { get; set; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>
    /// The directories of this machine whose files a script may have sent in place of its body by <c>X-Sendfile</c>, which holds
    /// an absolute path, percent-encoded where need be. Nothing outside them is sent. Default: none.
    /// </summary>
    public IList<string> SendFileDirectories { get; set; } = [];

    /// <summary>How many requests wait while all backends are busy, 0 to 1000000; further ones are answered 503.</summary>
    public int QueueLength { get; set; } = 256;

    /// <summary>How long a request waits for its turn before it is answered with 503 and Retry-After. 0 to 24 days.</summary>
    public TimeSpan QueueTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How much of a body whose length is not known stays in memory while it is read for <c>CONTENT_LENGTH</c>; a larger one is
    /// kept in a temporary file, up to the entry's <c>MaxRequestBodySize</c>. 0 to 16 MB.
    /// </summary>
    public ByteSize SpoolMemory { get; set; } = ByteSize.FromKilobytes(64);

    /// <summary>
    /// Whether scripts see the fields Authorization and Proxy-Authorization (<c>HTTP_AUTHORIZATION</c>), and with them the
    /// client's password.
    /// </summary>
    public bool PassAuthorization { get; set; }

    /// <summary>Extra variables, names to values, of each request and of started programs; they win over every other of the same name. Default: none.</summary>
    public IDictionary<string, string> Environment { get; set; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>
    /// Names of variables that started programs get from the server's own environment where they are set there. <c>PATH</c>
    /// always is, nothing else is unless named here. Default: none.
    /// </summary>
    public IList<string> PassEnvironment { get; set; } = [];

    /// <summary>How many processes are started, 1 to 1000. Default: twice the number of processors, 4 at least.</summary>
    public int? Workers { get; set; }

    /// <summary>
    /// After how many requests a started process is replaced by a new one, which runs before the old one has answered its
    /// last; 0 is never. At most a thousand million.
    /// </summary>
    public int MaxRequests { get; set; }

    /// <summary>How long a started program may take until it accepts requests, before it is ended and started again. 1 ms to 1 hour.</summary>
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// What started programs and each process that they start may take, and as whom they run; limits are those of a process for its
    /// whole life. Only with started programs. Default: no limit but the server's own.
    /// </summary>
    public ProcessLimitOptions Limits { get; set; } = new();

    internal int WorkerCount => Workers ?? Math.Max(4, System.Environment.ProcessorCount * 2);

    internal IEnumerable<string> AllAddresses => Address is null ? Addresses : Addresses.Prepend(Address);

    internal ExchangeLimits ToExchangeLimits() => new()
    {
        Timeout = Timeout,
        TotalTimeout = TotalTimeout,
        KillGrace = KillGrace,
        MaxHeaderSize = MaxHeaderSize,
    };
}
