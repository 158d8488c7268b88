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
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly InterpreterTable _interpreters;
    private readonly ScriptResolver _resolver;
    private readonly MetaVariables _variables;
    private readonly ProgramLocator _programs;
    private readonly ConcurrencyGate _gate;
    private readonly ConcurrentDictionary<ScriptLifetime, bool> _running = new();
    private volatile bool _exiting;
    private int _starting;

    public CgiMiddleware(
        IOptions<CgiOptions> options,
        IPipelineEntry entry,
        IOpenFileCache files,
        IProcessRunner runner,
        TimeProvider time,
        ILogger<CgiMiddleware> logger)
    {
        _options = options.Value;
        _entry = entry;
        _runner = runner;
        _time = time;
        _logger = logger;
        _interpreters = _options.ToInterpreterTable();
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

    public Task InitializeAsync(CancellationToken cancellation)
    {
        // No error: the rest of the site runs, and the interpreter may be installed while it does.
        foreach (var program in _interpreters.All.Select(static interpreter => interpreter.Program).OfType<string>().Distinct(StringComparer.Ordinal))
        {
            if (_programs.Find(program) is null)
            {
                Log.InterpreterMissing(_logger, _entry.ConfigurationPath, program, _programs.SearchPath);
            }
        }

        if (_options.Script is { } script && !File.Exists(Path.Join(_entry.Root, script)))
        {
            Log.ScriptMissing(_logger, _entry.ConfigurationPath, script, _entry.Root);
        }

        return Task.CompletedTask;
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
        var start = new ProcessStart(
            program,
            interpreter.Program is null ? [] : [.. interpreter.Arguments, script.FileName],
            script.WorkingDirectory,
            _variables.Build(context, script, announced));
        await _gate.EnterAsync(cancellation).ConfigureAwait(false);
        IScriptProcess process;
        ScriptLifetime lifetime;
        Interlocked.Increment(ref _starting);
        try
        {
            _resolver.ThrowIfChanged(script);
            process = _runner.Start(start);
            lifetime = new ScriptLifetime(process, _limits, _time, _logger, script.FileName, context.TraceId, _gate.Leave);
            _running[lifetime] = true;
        }
        catch (ProcessStartException failure)
        {
            _gate.Leave();
            throw Refuse(context, script, interpreter, failure);
        }
        catch
        {
            _gate.Leave();
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

        return await new CgiExchange(context, lifetime, body, _limits, _time, _logger)
            .RunAsync(cancellation).ConfigureAwait(false);
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
