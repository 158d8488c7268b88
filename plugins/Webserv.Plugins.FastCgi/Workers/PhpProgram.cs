using System.Globalization;
using Webserv.Abstractions.Pipeline;
using Webserv.Gateway.Processes;
using Webserv.Gateway.Processes.Linux;

namespace Webserv.Plugins.FastCgi.Workers;

/// <summary>The PHP that is installed, and how it is started.</summary>
internal sealed class PhpProgram
{
    private const string Fpm = "php-fpm";
    private const string Cgi = "php-cgi";

    // Where distributions have php-fpm, which is not in everybody's PATH.
    private const string SystemPaths = "/usr/local/sbin:/usr/sbin:/sbin";
    private static readonly string[] Versions = ["", "8.9", "8.8", "8.7", "8.6", "8.5", "8.4", "8.3", "8.2", "8.1", "8.0", "7.4"];

    private readonly PhpOptions _options;
    private readonly IPipelineEntry _entry;
    private readonly OwnEnvironment _environment = new(Environment.GetEnvironmentVariable);
    private readonly ProgramLocator _programs;
    private readonly string _name;

    public PhpProgram(PhpOptions options, IPipelineEntry entry)
    {
        _options = options;
        _entry = entry;
        SearchPath = $"{_environment.SearchPath}:{SystemPaths}";
        _programs = new ProgramLocator(entry, SearchPath);
        var candidates = options.Program is { } program
            ? [program]
            : Versions.Select(static version => Fpm + version).Concat(Versions.Select(static version => Cgi + version));
        var found = candidates.FirstOrDefault(candidate => _programs.Find(candidate) is not null);
        IsInstalled = found is not null;
        _name = found ?? options.Program ?? Fpm;
        Wanted = options.Program ?? "neither php-fpm nor php-cgi";
    }

    /// <summary>Whether there is one.</summary>
    public bool IsInstalled { get; }

    /// <summary>What was looked for, for messages.</summary>
    public string Wanted { get; }

    /// <summary>Where it was looked for.</summary>
    public string SearchPath { get; }

    /// <summary>How it is started.</summary>
    public WorkerProgram Create() => Path.GetFileName(_name).StartsWith(Fpm, StringComparison.Ordinal) ? CreateFpm() : CreateCgi();

    /// <summary>One php-fpm with all the processes, which restarts them itself.</summary>
    private WorkerProgram CreateFpm() => new()
    {
        Name = Path.GetFileName(_name),
        Locate = () => _programs.Find(_name),
        Arguments = place => ["--nodaemonize", "--fpm-config", WriteConfiguration(place), .. AsRoot(), .. Settings()],
        ListensItself = true,

        // As everywhere: its master makes the socket and reads its configuration before anything of the user's runs.
        ChangesUserItself = true,
        WorkingDirectory = _entry.Root ?? _entry.ResolvePath("."),
        Environment = CommandProgram.MakeEnvironment(_options, _environment, []),
        Count = 1,
        Capacity = _options.WorkerCount,
        IsSingle = false,
        MaxRequests = (long)_options.MaxRequests * _options.WorkerCount,
        StartTimeout = _options.StartTimeout,
        Timeout = _options.Timeout,
        KillGrace = _options.KillGrace,
    };

    /// <summary>One php-cgi for each process, with a socket of its own.</summary>
    private WorkerProgram CreateCgi() => new()
    {
        Name = Path.GetFileName(_name),
        Locate = () => _programs.Find(_name),
        Arguments = _ => Settings(),
        WorkingDirectory = _entry.Root ?? _entry.ResolvePath("."),

        // By itself it would end after 500 requests, in the middle of others that are on their way.
        Environment = CommandProgram.MakeEnvironment(_options, _environment, [new("PHP_FCGI_MAX_REQUESTS", "0")]),
        Count = _options.WorkerCount,
        Capacity = 1,
        IsSingle = true,
        MaxRequests = _options.MaxRequests,
        StartTimeout = _options.StartTimeout,
        Timeout = _options.Timeout,
        KillGrace = _options.KillGrace,
    };

    private string[] Settings() => [.. _options.Settings.SelectMany(static setting => new[] { "-d", $"{setting.Key}={setting.Value}" })];

    // Without another user it is the server's, root or not; php-fpm has to be told that root is meant.
    private static string[] AsRoot() => Environment.IsPrivilegedProcess ? ["--allow-to-run-as-root"] : [];

    // By its name php-fpm also finds the other groups of the user.
    private static string UserOf(ProcessIdentity identity)
    {
        var number = identity.User.ToString(CultureInfo.InvariantCulture);
        return Accounts.FindUser(number)?.Name ?? number;
    }

    private string WriteConfiguration(WorkerPlace place)
    {
        var user = place.Identity is { } identity ? $"user = {UserOf(identity)}\ngroup = {identity.Group}\n"
            : Environment.IsPrivilegedProcess ? "user = root\ngroup = root\n"
            : "";
        var limit = _options.TotalTimeout is { } total ? $"request_terminate_timeout = {Math.Ceiling(total.TotalSeconds)}s\n" : "";
        File.WriteAllText(
            place.ConfigurationFile,
            $"""
            [global]
            error_log = /proc/self/fd/2
            log_level = warning
            daemonize = no

            [webserv]
            listen = {place.Socket}
            listen.mode = 0600
            pm = static
            pm.max_children = {_options.WorkerCount}
            pm.max_requests = 0
            clear_env = no
            catch_workers_output = {(_options.CatchOutput ? "yes" : "no")}
            decorate_workers_output = no
            {user}{limit}
            """);
        return place.ConfigurationFile;
    }
}
