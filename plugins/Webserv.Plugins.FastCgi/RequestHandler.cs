using System.Globalization;
using Microsoft.Extensions.Logging;
using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;
using Webserv.Gateway.Exchange;
using Webserv.Gateway.Scripts;
using Webserv.Plugins.FastCgi.Backends;
using Webserv.Plugins.FastCgi.Protocol;

namespace Webserv.Plugins.FastCgi;

/// <summary>Answers requests with what backends say: the way of a request through the middleware of this plugin.</summary>
internal sealed class RequestHandler
{
    // What an Authorizer is not told (FastCGI 1.0 section 6.3).
    private static readonly string[] NotForAuthorizers = ["CONTENT_LENGTH", "PATH_INFO", "PATH_TRANSLATED", "SCRIPT_NAME"];

    private readonly ScriptFinder _finder;
    private readonly RequestVariables _variables;
    private readonly BackendPool _pool;
    private readonly IProtocolClient _client;
    private readonly ExchangeLimits _limits;
    private readonly AnswerRules _answers;
    private readonly bool _isFilter;
    private readonly bool _spoolsChunked;
    private readonly long _spoolMemory;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    public RequestHandler(
        GatewayOptions options,
        AnswerRules answers,
        bool isFilter,
        bool spoolsChunked,
        ScriptFinder finder,
        BackendPool pool,
        IProtocolClient client,
        TimeProvider time,
        ILogger logger)
    {
        _finder = finder;
        _variables = new RequestVariables(options);
        _pool = pool;
        _client = client;
        _limits = options.ToExchangeLimits();
        _answers = answers;
        _isFilter = isFilter;
        _spoolsChunked = spoolsChunked;
        _spoolMemory = options.SpoolMemory;
        _time = time;
        _logger = logger;
    }

    public Task InvokeAsync(IHttpContext context, RequestDelegate next, CancellationToken cancellation) =>
        _finder.Find(context.Request.Path) is { } script ? ServeAsync(context, script, cancellation) : next(context, cancellation);

    private async Task ServeAsync(IHttpContext context, Script script, CancellationToken cancellation)
    {
        var request = context.Request;
        string? redirect;
        if (request.ContentLength is null && _spoolsChunked)
        {
            // A place is taken only when the body is there: a slow client holds nobody up.
            var body = await BodySpool.ReadAsync(request.Body, _spoolMemory, cancellation).ConfigureAwait(false);
            await using (body.ConfigureAwait(false))
            {
                redirect = await RunAsync(context, script, body, body.Length, cancellation).ConfigureAwait(false);
            }
        }
        else
        {
            redirect = await RunAsync(context, script, request.ContentLength is 0 ? null : request.Body, request.ContentLength, cancellation)
                .ConfigureAwait(false);
        }

        if (redirect is not null)
        {
            await context.GetFeature<ILocalRedirectFeature>()!.RedirectAsync(redirect, cancellation).ConfigureAwait(false);
        }
    }

    private async Task<string?> RunAsync(IHttpContext context, Script script, Stream? body, long? length, CancellationToken cancellation)
    {
        // CONTENT_LENGTH is there if and only if there is a body (RFC 3875 section 4.1.2); "0" was said explicitly.
        var announced = body is null && !context.Request.Headers.Contains(Fields.ContentLength) ? null : length;
        var name = script.FileName.Length > 0 ? script.FileName : script.Name + script.PathInfo;
        var variables = _variables.Build(context, script, announced);
        var start = new RequestStart(name, context.TraceId, _client.Encode(_isFilter ? variables.Concat(DescribeFile(script)) : variables));
        for (var canRetry = body is null && IsIdempotent(context.Request.Method); ; canRetry = false)
        {
            using var filter = _isFilter ? new FilterInput(body, script.Entry, _finder.OpenRead) : null;
            var peer = await BeginAsync(script, filter is null ? start : start with { Filter = filter }, cancellation).ConfigureAwait(false);
            try
            {
                return await new CgiExchange(context, peer, filter ?? body, _limits, _time, _logger, _answers).RunAsync(cancellation).ConfigureAwait(false);
            }
            catch (ConnectionLostException exception)
            {
                if (!canRetry || context.Response.HasStarted || cancellation.IsCancellationRequested)
                {
                    Gateway.Log.BadAnswer(_logger, start.Name, start.TraceId, exception.Message);
                    throw new HttpException(StatusCodes.BadGateway, $"{start.Name}: {exception.Message}", exception);
                }

                Log.Retried(_logger, start.Name, start.TraceId, exception.Message);
            }
        }
    }

    /// <summary>Whether it may be sent once more when nobody knows what became of it (RFC 9110 section 9.2.2).</summary>
    private static bool IsIdempotent(string method) => method
        is HttpMethods.Get or HttpMethods.Head or HttpMethods.Options or HttpMethods.Trace or HttpMethods.Put or HttpMethods.Delete;

    /// <summary>What a Filter is told of its file.</summary>
    private static KeyValuePair<string, string>[] DescribeFile(Script script) =>
    [
        new("FCGI_DATA_LAST_MOD", script.Entry.LastModified.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)),
        new("FCGI_DATA_LENGTH", script.Entry.Length.ToString(CultureInfo.InvariantCulture)),
    ];

    /// <summary>What a request is asked about with that goes to a program which decides about it.</summary>
    public (Script Script, RequestStart Start) StartAuthorization(IHttpContext context)
    {
        var path = context.Request.Path;
        var script = _finder.FindAll(path);
        var variables = _variables.Build(context, script, null).Where(static variable => !NotForAuthorizers.Contains(variable.Key));
        return (script, new RequestStart(path, context.TraceId, _client.Encode(variables)));
    }

    /// <summary>Begins the request on a backend; one that cannot be connected to is left for the next.</summary>
    public async ValueTask<IExchangePeer> BeginAsync(Script script, RequestStart start, CancellationToken cancellation)
    {
        while (true)
        {
            var backend = await _pool.AcquireAsync(cancellation).ConfigureAwait(false);
            try
            {
                _finder.ThrowIfChanged(script);
                return await _client.BeginAsync(backend, start, cancellation).ConfigureAwait(false);
            }
            catch (IOException exception)
            {
                // Each failure takes the backend out for a while, so that this comes to an end.
                _pool.Fail(backend, exception.Message);
            }
            catch
            {
                _pool.Release(backend);
                throw;
            }
        }
    }
}
