using Webserv.Abstractions.Configuration;
using Webserv.Gateway;
using Webserv.Gateway.Exchange;
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
    /// script left behind may keep its output open without writing. Processes that made a session of their own
    /// (<c>setsid</c>) are left alone. 0 to 1 minute.
    /// </summary>
    public TimeSpan KillGrace { get; set; } = TimeSpan.FromSeconds(2);

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
    /// Whether scripts see the fields Authorization and Proxy-Authorization (<c>HTTP_AUTHORIZATION</c>), and with them the
    /// client's password.
    /// </summary>
    public bool PassAuthorization { get; set; }

    internal ExchangeLimits ToExchangeLimits() => new()
    {
        Timeout = Timeout,
        TotalTimeout = TotalTimeout,
        KillGrace = KillGrace,
        MaxHeaderSize = MaxHeaderSize,
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
