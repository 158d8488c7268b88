using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Webserv.Abstractions.Files;
using Webserv.Abstractions.Http;
using Webserv.Abstractions.IO;
using Webserv.Abstractions.Pipeline;
using Webserv.Abstractions.Plugins;
using Webserv.Gateway;
using Webserv.Gateway.Exchange;
using Webserv.Gateway.Processes;
using Webserv.Gateway.Processes.Linux;
using Webserv.Gateway.Scripts;
using Webserv.Gateway.SendFile;
using Webserv.Plugins.Cgi.Python;
using Webserv.Plugins.Cgi.Scripts;

namespace Webserv.Plugins.Cgi;

/// <summary>
/// Answers requests for scripts by running them (CGI, RFC 3875): PHP, Python, shell, anything that reads and writes. Requests
/// for anything else go on to the next entry.
/// </summary>
internal sealed class CgiMiddleware : IMiddleware, IAsyncInitializer, IAsyncDisposable
{
    private const int MaxExitDelay = 2_000;
    private const string NonParsedPrefix = "nph-";

    // What Allow names for a method that no script is run for, where none are configured.
    private static readonly string[] EveryMethod =
        [HttpMethods.Get, HttpMethods.Head, HttpMethods.Post, HttpMethods.Put, HttpMethods.Patch, HttpMethods.Delete];

    private readonly CgiOptions _options;
    private readonly ExchangeLimits _limits;
    private readonly string[] _methods;
    private readonly AnswerRules _answers;
    private readonly AnswerRules _nonParsedAnswers;
    private readonly string _spoolDirectory;
    private readonly IPipelineEntry _entry;
    private readonly IProcessRunner _runner;
    private readonly DescendantSweep? _sweep;
    private readonly IPipeStreams _streams;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly InterpreterTable _interpreters;
    private readonly ScriptResolver _resolver;
    private readonly MetaVariables _variables;
    private readonly ProgramLocator _programs;
    private readonly StartRefusal _refusal;
    private readonly ConcurrencyGate _gate;
    private readonly ConcurrentDictionary<ScriptLifetime, bool> _running = new();
    private ProcessLimits _processLimits = ProcessLimits.None;
    private readonly Dictionary<string, string> _commonEnvironment = new(StringComparer.Ordinal);
    private readonly Dictionary<Interpreter, WarmInterpreter> _warm = [];
    private volatile bool _exiting;
    private int _starting;

    public CgiMiddleware(
        IOptions<CgiOptions> options,
        IPipelineEntry entry,
        IOpenFileCache files,
        IProcessRunner runner,
        DescendantSweep sweep,
        IPipeStreams streams,
        TimeProvider time,
        ILogger<CgiMiddleware> logger)
    {
        _options = options.Value;
        _entry = entry;
        _runner = runner;
        _sweep = OperatingSystem.IsLinux() && _options.KillDescendants ? sweep : null;
        _streams = streams;
        _time = time;
        _logger = logger;
        _interpreters = _options.ToInterpreterTable();
        _resolver = new ScriptResolver(entry, files.OpenRoot(entry, new DocumentRootOptions()), _options.ToScriptRules(_interpreters));
        var environment = new OwnEnvironment(Environment.GetEnvironmentVariable);
        KeyValuePair<string, string>[] passed = [.. environment.Passed(_options.PassEnvironment)];
        _variables = new MetaVariables(passed, _options.Environment, _options.PassAuthorization);
        _programs = new ProgramLocator(entry, environment.SearchPath);
        _refusal = new StartRefusal(_options.Environment, _programs, logger);
        _limits = _options.ToExchangeLimits();
        _methods = _options.Methods.Contains(HttpMethods.Get) ? [.. _options.Methods.Append(HttpMethods.Head).Distinct()] : [.. _options.Methods];
        _answers = new AnswerRules
        {
            Files = SendFileRoots.Create(_options.SendFileRoots, _options.SendFileDirectories, entry, files, time),
        };
        _nonParsedAnswers = _answers with { NonParsedHeaders = true };
        _spoolDirectory = _options.SpoolDirectory is { } spool ? entry.ResolvePath(spool) : Path.GetTempPath();
        foreach (var (name, value) in passed.Concat(_options.Environment))
        {
            _commonEnvironment[name] = value;
        }

        _gate = new ConcurrencyGate(_options.MaxConcurrent, _options.QueueLength, _options.QueueTimeout, time);

        // Whatever ends the process in order, a second signal included, leaves no script behind.
        AppDomain.CurrentDomain.ProcessExit += OnProcessExit;
    }

    /// <summary>The warm interpreters.</summary>
    internal IReadOnlyCollection<WarmInterpreter> Warm => _warm.Values;

    /// <summary>How many scripts have not been seen to their end yet.</summary>
    internal int Running => _running.Count;

    /// <summary>Ends when every script that runs now has been seen to its end.</summary>
    internal Task WhenAllEndedAsync() => Task.WhenAll(_running.Keys.Select(static lifetime => lifetime.Completion));

    public async Task InitializeAsync(CancellationToken cancellation)
    {
        await ReadLimitsAsync(cancellation).ConfigureAwait(false);

        // No error: the rest of the site runs, and the interpreter may be installed while it does.
        foreach (var program in _interpreters.All.Select(static interpreter => interpreter.Program).OfType<string>().Distinct(StringComparer.Ordinal))
        {
            if (_programs.Find(program) is null)
            {
                Log.InterpreterMissing(_logger, _entry.ConfigurationPath, program, _programs.SearchPath);
            }
        }

        _answers.Files?.Check(_entry, _logger, nameof(CgiOptions.SendFileRoots), nameof(CgiOptions.SendFileDirectories));
        if (!Directory.Exists(_spoolDirectory))
        {
            Log.SpoolDirectoryMissing(_logger, _entry.ConfigurationPath, _spoolDirectory);
        }

        if (_options.Script is { } script && !File.Exists(Path.Join(_entry.Root, script)))
        {
            Log.ScriptMissing(_logger, _entry.ConfigurationPath, script, _entry.Root);
        }

        if (_options.Python.Warm)
        {
            KeepWarm();
        }
    }

    public Task InvokeAsync(IHttpContext context, RequestDelegate next, CancellationToken cancellation)
    {
        var script = _resolver.Resolve(context.Request.Path);
        if (script is null)
        {
            return next(context, cancellation);
        }

        if (!IsRunFor(context.Request.Method))
        {
            context.GetFeature<IAllowedMethodsFeature>()?.Add(_methods.Length > 0 ? _methods : EveryMethod);
            return next(context, cancellation);
        }

        return ServeAsync(context, script, cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            foreach (var lifetime in _running.Keys)
            {
                lifetime.Kill();
            }

            await WhenAllEndedAsync().ConfigureAwait(false);
            foreach (var warm in _warm.Values)
            {
                await warm.DisposeAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            // The event belongs to the runtime, and would keep an unloaded plugin in memory. Not before: the process may be
            // made to exit while scripts are asked to.
            AppDomain.CurrentDomain.ProcessExit -= OnProcessExit;
            _gate.Dispose();
        }
    }

    private bool IsRunFor(string method) =>
        _methods.Length > 0 ? _methods.Contains(method) : method is not (HttpMethods.Trace or HttpMethods.Connect);

    /// <summary>What the configuration demands and this system or this user cannot do is found here, before any request.</summary>
    private async Task ReadLimitsAsync(CancellationToken cancellation)
    {
        var problems = new List<string>();
        var limits = await ProcessLimitsReader.ReadAsync(_options.Limits, _runner, problems, cancellation).ConfigureAwait(false);
        if (_options.PrivateTemp && problems.Count == 0)
        {
            try
            {
                PrivateDirectory.Create(Path.GetTempPath(), limits.Identity).Remove();
            }
            catch (IOException exception)
            {
                problems.Add($"PrivateTemp: {exception.Message}");
            }
        }

        if (problems.Count > 0)
        {
            throw new InvalidOperationException("Limits: " + string.Join("; ", problems));
        }

        _processLimits = limits;
    }

    private async Task ServeAsync(IHttpContext context, Script script, CancellationToken cancellation)
    {
        var request = context.Request;
        var interpreter = _interpreters[script.Ending];
        var program = FindProgram(context, script, interpreter);
        var (body, length) = (request.ContentLength is 0 ? null : request.Body, request.ContentLength);
        if (length is null && _options.ChunkedBody == ChunkedBody.Spool)
        {
            // A place is taken only when the body is there: a slow client holds nobody up.
            body = await BodySpool.ReadAsync(request.Body, _options.SpoolMemory, _spoolDirectory, cancellation).ConfigureAwait(false);
            length = body.Length;
        }

        string? redirect;
        try
        {
            redirect = await RunAsync(context, script, interpreter, program, body, length, cancellation).ConfigureAwait(false);
        }
        finally
        {
            if (body is not null && body != request.Body)
            {
                await body.DisposeAsync().ConfigureAwait(false);
            }
        }

        if (redirect is not null)
        {
            await context.GetFeature<ILocalRedirectFeature>()!.RedirectAsync(redirect, cancellation).ConfigureAwait(false);
        }
    }

    private async Task<string?> RunAsync(
        IHttpContext context, Script script, Interpreter interpreter, string program, Stream? body, long? length, CancellationToken cancellation)
    {
        // CONTENT_LENGTH is there if and only if there is a body (RFC 3875 section 4.1.2); "0" was said explicitly.
        var announced = body is null && !context.Request.Headers.Contains(Fields.ContentLength) ? null : length;
        var variables = _variables.Build(context, script, announced);
        var start = new ProcessStart(
            program,
            ArgumentsFor(context, script, interpreter),
            script.WorkingDirectory,
            variables)
        {
            Limits = _processLimits,
        };
        await _gate.EnterAsync(cancellation).ConfigureAwait(false);
        ScriptRemains? remains = null;
        ScriptLifetime lifetime;
        Interlocked.Increment(ref _starting);
        try
        {
            _resolver.ThrowIfChanged(script);
            remains = PrepareRemains(variables);
            var process = await StartAsync(interpreter, start).ConfigureAwait(false);
            lifetime = new ScriptLifetime(process, _limits, _time, _logger, script.FileName, context.TraceId, _gate.Leave, remains);
            _running[lifetime] = true;
        }
        catch (Exception exception)
        {
            remains?.RemoveDirectory(_logger, script.FileName, context.TraceId);
            _gate.Leave();
            if (exception is ProcessStartException failure)
            {
                throw _refusal.Create(context, script, interpreter, start, failure);
            }

            throw;
        }
        finally
        {
            Interlocked.Decrement(ref _starting);
        }

        _ = lifetime.Completion.ContinueWith(
            _ => _running.TryRemove(lifetime, out var _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        if (_exiting)
        {
            lifetime.KillAtOnce();
        }

        try
        {
            return await new CgiExchange(context, lifetime, body, _limits, _time, _logger, IsNonParsed(script) ? _nonParsedAnswers : _answers)
                .RunAsync(cancellation).ConfigureAwait(false);
        }
        catch (ProcessStartException failure)
        {
            throw _refusal.Create(context, script, interpreter, start, failure);
        }
    }

    /// <summary>What a script gets that is taken from it when it ends.</summary>
    private ScriptRemains? PrepareRemains(Dictionary<string, string> variables)
    {
        if (_sweep is null && !_options.PrivateTemp)
        {
            return null;
        }

        var remains = new ScriptRemains
        {
            Sweep = _sweep,
            Mark = _sweep is null ? "" : DescendantSweep.NewMark(),
            Directory = _options.PrivateTemp ? CreateDirectory() : null,
        };
        if (_sweep is not null)
        {
            variables[ProcessMarks.Variable] = remains.Mark;
        }

        if (remains.Directory is not null)
        {
            variables["TMPDIR"] = remains.Directory.FullName;
        }

        return remains;
    }

    private PrivateDirectory CreateDirectory()
    {
        try
        {
            return PrivateDirectory.Create(Path.GetTempPath(), _processLimits.Identity);
        }
        catch (IOException exception)
        {
            throw new ProcessStartException(ProcessStartFailure.Busy, exception.Message, exception);
        }
    }

    private string[] ArgumentsFor(IHttpContext context, Script script, Interpreter interpreter)
    {
        IReadOnlyList<string> words = _options.QueryArguments ? QueryWords.Read(context.Request) : [];
        return interpreter.Program is null ? [.. words] : [.. interpreter.Arguments, script.FileName, .. words];
    }

    private bool IsNonParsed(Script script) => _options.NonParsedHeaders switch
    {
        NonParsedHeaders.Always => true,
        NonParsedHeaders.Never => false,
        _ => Path.GetFileName(script.FileName.AsSpan()).StartsWith(NonParsedPrefix, StringComparison.Ordinal),
    };

    private async ValueTask<IScriptProcess> StartAsync(Interpreter interpreter, ProcessStart start) =>
        (_warm.TryGetValue(interpreter, out var warm) ? await warm.TryStartAsync(start).ConfigureAwait(false) : null) ?? _runner.Start(start);

    private void KeepWarm()
    {
        foreach (var interpreter in _interpreters.All.Where(WarmCommand.IsPython))
        {
            if (WarmCommand.FindObstacle(interpreter, _commonEnvironment) is { } reason)
            {
                Log.WarmObstacle(_logger, _entry.ConfigurationPath, string.Join(' ', interpreter.Arguments.Prepend(interpreter.Program!)), reason);
            }
            else
            {
                _warm[interpreter] = new WarmInterpreter(
                    _entry.ConfigurationPath,
                    () => _programs.Find(interpreter.Program!) is { } program ? new ProcessStart(program, interpreter.Arguments, "/", WarmEnvironment()) { Limits = WarmInterpreter.Inherited(_processLimits) } : null,
                    _options.Python,
                    _runner,
                    _streams,
                    _time,
                    _logger);
            }
        }
    }

    private Dictionary<string, string> WarmEnvironment() =>
        _sweep is null ? _commonEnvironment : new(_commonEnvironment, StringComparer.Ordinal) { [ProcessMarks.Variable] = ProcessMarks.Nobody };

    /// <summary>The process ends as soon as this returns.</summary>
    private void OnProcessExit(object? sender, EventArgs arguments)
    {
        _exiting = true;
        Interlocked.MemoryBarrier();

        // A script that is just being started runs before it is known here.
        SpinWait.SpinUntil(() => Volatile.Read(ref _starting) == 0, MaxExitDelay);
        foreach (var lifetime in _running.Keys)
        {
            lifetime.KillAtOnce();
        }

        _sweep?.KillAtOnce(_running.Keys.Select(static lifetime => lifetime.Mark).OfType<string>());
        foreach (var lifetime in _running.Keys)
        {
            lifetime.RemoveDirectory();
        }

        foreach (var warm in _warm.Values)
        {
            warm.KillAtOnce();
        }
    }

    private string FindProgram(IHttpContext context, Script script, Interpreter interpreter)
    {
        if (interpreter.Program is not { } name)
        {
            return script.FileName;
        }

        if (_programs.Find(name) is { } program)
        {
            return program;
        }

        Log.CannotFindInterpreter(_logger, script.FileName, context.TraceId, name, _programs.SearchPath);
        throw new HttpException(StatusCodes.InternalServerError, $"interpreter '{name}' was not found");
    }
}
