using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Webserv.Abstractions.Files;
using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;
using Webserv.Abstractions.Plugins;
using Webserv.Gateway;
using Webserv.Gateway.Exchange;
using Webserv.Gateway.Processes;
using Webserv.Gateway.Processes.Linux;
using Webserv.Gateway.Scripts;
using Webserv.Plugins.Cgi.Scripts;

namespace Webserv.Plugins.Cgi;

/// <summary>
/// Answers requests for scripts by running them (CGI, RFC 3875): PHP, Python, shell, anything that reads and writes. Requests
/// for anything else go on to the next entry.
/// </summary>
internal sealed class CgiMiddleware : IMiddleware, IAsyncInitializer, IAsyncDisposable
{
    private const int MaxExitDelay = 2_000;

    private readonly CgiOptions _options;
    private readonly ExchangeLimits _limits;
    private readonly IPipelineEntry _entry;
    private readonly IProcessRunner _runner;
    private readonly DescendantSweep? _sweep;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly InterpreterTable _interpreters;
    private readonly ScriptResolver _resolver;
    private readonly MetaVariables _variables;
    private readonly ProgramLocator _programs;
    private readonly ConcurrencyGate _gate;
    private readonly ConcurrentDictionary<ScriptLifetime, bool> _running = new();
    private ProcessLimits _processLimits = ProcessLimits.None;
    private volatile bool _exiting;
    private int _starting;

    public CgiMiddleware(
        IOptions<CgiOptions> options,
        IPipelineEntry entry,
        IOpenFileCache files,
        IProcessRunner runner,
        DescendantSweep sweep,
        TimeProvider time,
        ILogger<CgiMiddleware> logger)
    {
        _options = options.Value;
        _entry = entry;
        _runner = runner;
        _sweep = OperatingSystem.IsLinux() && _options.KillDescendants ? sweep : null;
        _time = time;
        _logger = logger;
        _interpreters = new InterpreterTable(_options.Interpreters);
        _resolver = new ScriptResolver(entry, files.OpenRoot(entry, new DocumentRootOptions()), _options.ToScriptRules(_interpreters));
        var environment = new OwnEnvironment(Environment.GetEnvironmentVariable);
        _variables = new MetaVariables(environment.Passed(_options.PassEnvironment), _options.Environment, _options.PassAuthorization);
        _programs = new ProgramLocator(entry, environment.SearchPath);
        _limits = _options.ToExchangeLimits();
        _gate = new ConcurrencyGate(_options.MaxConcurrent, _options.QueueLength, _options.QueueTimeout, time);

        // Whatever ends the process in order, a second signal included, leaves no script behind.
        AppDomain.CurrentDomain.ProcessExit += OnProcessExit;
    }

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
    }

    public Task InvokeAsync(IHttpContext context, RequestDelegate next, CancellationToken cancellation)
    {
        var script = _resolver.Resolve(context.Request.Path);
        return script is null ? next(context, cancellation) : ServeAsync(context, script, cancellation);
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
        }
        finally
        {
            // The event belongs to the runtime, and would keep an unloaded plugin in memory. Not before: the process may be
            // made to exit while scripts are asked to.
            AppDomain.CurrentDomain.ProcessExit -= OnProcessExit;
            _gate.Dispose();
        }
    }

    /// <summary>What the configuration demands and this system or this user cannot do is found here, before any request.</summary>
    private async Task ReadLimitsAsync(CancellationToken cancellation)
    {
        var problems = new List<string>();
        var limits = ProcessLimitsReader.Read(_options.Limits, problems);
        if (problems.Count == 0 && await _runner.FindProblemAsync(limits, cancellation).ConfigureAwait(false) is { } problem)
        {
            problems.Add(problem);
        }

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
            body = await BodySpool.ReadAsync(request.Body, _options.SpoolMemory, cancellation).ConfigureAwait(false);
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
            interpreter.Program is null ? [] : [.. interpreter.Arguments, script.FileName],
            script.WorkingDirectory,
            variables) { Limits = _processLimits };
        await _gate.EnterAsync(cancellation).ConfigureAwait(false);
        ScriptRemains? remains = null;
        ScriptLifetime lifetime;
        Interlocked.Increment(ref _starting);
        try
        {
            _resolver.ThrowIfChanged(script);
            remains = PrepareRemains(variables);
            lifetime = new ScriptLifetime(
                _runner.Start(start), _limits, _time, _logger, script.FileName, context.TraceId, _gate.Leave, remains);
            _running[lifetime] = true;
        }
        catch (Exception exception)
        {
            remains?.RemoveDirectory(_logger, script.FileName, context.TraceId);
            _gate.Leave();
            if (exception is ProcessStartException failure)
            {
                throw Refuse(context, script, interpreter, failure);
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
            return await new CgiExchange(context, lifetime, body, _limits, _time, _logger)
                .RunAsync(cancellation).ConfigureAwait(false);
        }
        catch (ProcessStartException failure)
        {
            throw Refuse(context, script, interpreter, failure);
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

    private HttpException Refuse(IHttpContext context, Script script, Interpreter interpreter, ProcessStartException failure)
    {
        Log.CannotStart(_logger, script.FileName, context.TraceId, failure.Message);
        if (interpreter.Program is { } program)
        {
            _programs.Forget(program);
        }

        var status = failure.Failure switch
        {
            ProcessStartFailure.Busy => StatusCodes.ServiceUnavailable,
            ProcessStartFailure.NotExecutable when interpreter.Program is null => StatusCodes.Forbidden,
            _ => StatusCodes.InternalServerError,
        };
        var answer = new HttpException(status, failure.Message, failure);
        if (status == StatusCodes.ServiceUnavailable)
        {
            answer.Headers[Fields.RetryAfter] = "1";
        }

        return answer;
    }
}
