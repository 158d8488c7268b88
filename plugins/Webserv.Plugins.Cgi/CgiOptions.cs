using Webserv.Abstractions.Configuration;
using Webserv.Gateway;
using Webserv.Gateway.Exchange;
using Webserv.Gateway.Processes;
using Webserv.Gateway.Scripts;
using Webserv.Plugins.Cgi.Scripts;

namespace Webserv.Plugins.Cgi;

/// <summary>Which scripts an entry runs, how, and for how long.</summary>
public sealed class CgiOptions
{
    /// <summary>
    /// Which program runs which scripts: a file name's ending (<c>".php"</c>, or <c>"*"</c> for every file that has none of
    /// the other endings) to a program with arguments (<c>"php-cgi"</c>, <c>"/usr/bin/python3 -u"</c>; double quotes keep
    /// spaces together). The script's path is added as the last argument. An empty program runs the file itself. A
    /// program without a slash is looked up in the server's <c>PATH</c>. Endings are compared without regard to case. Required
    /// without <see cref="Script"/>.
    /// </summary>
    public IDictionary<string, string> Interpreters { get; set; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// The one script that answers for every path of the entry, as Apache's <c>ScriptAlias</c> has it: a file below the
    /// entry's root, such as <c>"cgit.cgi"</c> with <c>"Root": "/usr/lib/cgit"</c>. What <c>When.Path</c> takes away is
    /// <c>SCRIPT_NAME</c>, what is behind it <c>PATH_INFO</c>, whether there is a file of that name or not. It is run by the
    /// program that <see cref="Interpreters"/> has for its ending, or by itself. Default: none.
    /// </summary>
    public string? Script { get; set; }

    /// <summary>
    /// The names of the scripts that answer for a directory whose path ends with a slash, tried in order. An empty list is
    /// none. Default: <c>index</c> with each ending of <see cref="Interpreters"/>.
    /// </summary>
    public IList<string>? Index { get; set; }

    /// <summary>
    /// How long a script may neither take input nor give output while the client is ready for both, and how long it may go
    /// on after it closed its output, before it is killed: 504 where nothing was sent yet, otherwise the connection is
    /// closed in the middle of the answer. 1 ms to 24 days.
    /// </summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How long an answer may take from the start of the script to its last byte, before the script is killed as after
    /// <see cref="Timeout"/>. 1 ms to 24 days. Default: no limit.
    /// </summary>
    public TimeSpan? TotalTimeout { get; set; }

    /// <summary>
    /// How long a script and what it started may take to end after SIGTERM before SIGKILL; also how long processes that a
    /// script left behind may keep its output open without writing. 0 to 1 minute.
    /// </summary>
    public TimeSpan KillGrace { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Whether processes that a script started and that made a session of their own (<c>setsid</c>, daemons) end with it, too
    /// (Linux). They are known by the variable <c>WEBSERV_SCRIPT_ID</c>, which they inherit. Where scripts are to start what
    /// goes on after them, switch it off.
    /// </summary>
    public bool KillDescendants { get; set; } = true;

    /// <summary>
    /// The <see cref="Timeout"/> until a script gives the first byte of its output. 1 ms to 24 days. Default: that one.
    /// </summary>
    public TimeSpan? FirstByteTimeout { get; set; }

    /// <summary>
    /// The most bytes of an answer's body; above it the script is killed, and the request answered with 502, or the
    /// connection closed in the middle of the answer where that had begun. Default: no limit.
    /// </summary>
    public ByteSize? MaxOutputSize { get; set; }

    /// <summary>What a script and each process that it starts may take, and as whom they run. Default: no limit but the server's own.</summary>
    public ProcessLimitOptions Limits { get; set; } = new();

    /// <summary>
    /// Whether each script gets a fresh directory in that of the system for temporary files, for its user alone, as
    /// <c>TMPDIR</c>; it is removed with all that is in it when the script has ended (Linux).
    /// </summary>
    public bool PrivateTemp { get; set; }

    /// <summary>Extra environment variables, names to values; they win over every other of the same name. Default: none.</summary>
    public IDictionary<string, string> Environment { get; set; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>
    /// Names of variables that are passed from the server's own environment where they are set there. <c>PATH</c> always
    /// is, nothing else is unless named here. Default: none.
    /// </summary>
    public IList<string> PassEnvironment { get; set; } = [];

    /// <summary>What the scripts find in <c>PATH_INFO</c>.</summary>
    public PathInfoStyle PathInfo { get; set; }

    /// <summary>
    /// Whether a script must exist. Where it need not, the interpreter is run for every path with its ending, in the
    /// entry's root if the path's directory does not exist. That is for programs that route by path themselves, and a danger
    /// with those that look for a file on their own: php-cgi walks up a missing path and runs the file it meets
    /// (<c>cgi.fix_pathinfo</c>). Paths below a file are 404 for that reason; still, switch <c>cgi.fix_pathinfo</c> off, and
    /// never use it over a directory that strangers can write to.
    /// </summary>
    public bool CheckScriptExists { get; set; } = true;

    /// <summary>
    /// The methods that scripts are run for, for example <c>["GET", "POST"]</c>; HEAD goes with GET. A request with another
    /// one is left to the entries behind; where none of them answers it, it is 405 with the methods in Allow. An empty list
    /// is every method. Scripts are never run for TRACE and CONNECT. Default: every method.
    /// </summary>
    public IList<string> Methods { get; set; } = [];

    /// <summary>
    /// Whether the words of a query without <c>=</c> become arguments of the script, for GET and HEAD (RFC 3875 section 4.4:
    /// <c>?two+words</c>): decoded, and with a backslash before what a shell could act on. None of them do where one begins with
    /// <c>-</c>, lest an interpreter takes it for an option. Hardly any script wants them.
    /// </summary>
    public bool QueryArguments { get; set; }

    /// <summary>
    /// Which scripts answer with a whole HTTP response, status line and all (RFC 3875 section 5). Its status, fields and body
    /// are passed on as they come; what concerns the connection (<c>Connection</c>, <c>Transfer-Encoding</c>) is the server's.
    /// </summary>
    public NonParsedHeaders NonParsedHeaders { get; set; }

    /// <summary>
    /// Files that a script may have sent in place of its body by <c>X-Accel-Redirect</c> or <c>X-LiteSpeed-Location</c>: the
    /// beginning of a path, with slashes at both ends, to a directory (<c>{ "/protected/": "var/private" }</c>). The path
    /// stands for nothing that a client could ask for. Nothing outside the directory is sent. With this or
    /// <see cref="SendFileDirectories"/> no client sees such a field; with neither it is passed on to the client as any
    /// other. Default: none.
    /// </summary>
    public IDictionary<string, string> SendFileRoots { get; set; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>
    /// The directories whose files a script may have sent in place of its body by <c>X-Sendfile</c>, which holds an absolute
    /// path, percent-encoded where need be. Nothing outside them is sent. Default: none.
    /// </summary>
    public IList<string> SendFileDirectories { get; set; } = [];

    /// <summary>The most bytes of a script's header block; 502 above it, and the script is killed. 256 bytes to 16 MB.</summary>
    public ByteSize MaxHeaderSize { get; set; } = ByteSize.FromKilobytes(64);

    /// <summary>How many scripts of this entry run at once, 1 to 100000; further requests wait.</summary>
    public int MaxConcurrent { get; set; } = 64;

    /// <summary>How many requests wait while <see cref="MaxConcurrent"/> scripts run, 0 to 1000000; further ones are answered 503.</summary>
    public int QueueLength { get; set; } = 256;

    /// <summary>How long a request waits for its turn before it is answered with 503 and Retry-After. 0 to 24 days.</summary>
    public TimeSpan QueueTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>What happens to request bodies whose length is not known before they are read (chunked ones).</summary>
    public ChunkedBody ChunkedBody { get; set; }

    /// <summary>
    /// How much of a body that is spooled stays in memory; a larger one is kept in a temporary file, up to the entry's
    /// <c>MaxRequestBodySize</c>. 0 to 16 MB.
    /// </summary>
    public ByteSize SpoolMemory { get; set; } = ByteSize.FromKilobytes(64);

    /// <summary>
    /// The directory of the temporary files that spooled bodies are kept in; none of them is left there, whatever happens.
    /// 507 where it is full or cannot be written to. Default: the system's directory for temporary files.
    /// </summary>
    public string? SpoolDirectory { get; set; }

    /// <summary>
    /// Whether scripts see the fields Authorization and Proxy-Authorization (<c>HTTP_AUTHORIZATION</c>), and with them the
    /// client's password.
    /// </summary>
    public bool PassAuthorization { get; set; }

    /// <summary>How Python scripts are started. Default: as any other program.</summary>
    public PythonOptions Python { get; set; } = new();

    internal ExchangeLimits ToExchangeLimits() => new()
    {
        Timeout = Timeout,
        FirstByteTimeout = FirstByteTimeout,
        TotalTimeout = TotalTimeout,
        KillGrace = KillGrace,
        MaxHeaderSize = MaxHeaderSize,
        MaxOutputSize = MaxOutputSize,
    };

    /// <summary>What runs the scripts. The one script that has no interpreter runs itself.</summary>
    internal InterpreterTable ToInterpreterTable() =>
        new(Script is null || Interpreters.ContainsKey(ScriptEndings.Any)
            ? Interpreters
            : Interpreters.Append(new KeyValuePair<string, string>(ScriptEndings.Any, "")));

    internal ScriptRules ToScriptRules(InterpreterTable interpreters) => new()
    {
        Endings = interpreters.Endings,
        Script = Script,
        Index = Index,
        PathInfo = PathInfo,

        // A file that is not there cannot run itself.
        MayBeMissing = ending => !CheckScriptExists && interpreters[ending].Program is not null,
    };
}
