using Microsoft.Extensions.Logging;
using Webserv.Abstractions.Files;
using Webserv.Abstractions.Http;
using Webserv.Abstractions.IO;
using Webserv.Abstractions.Pipeline;
using Webserv.Gateway;
using Webserv.Gateway.Exchange;
using Webserv.Gateway.Processes;
using Webserv.Gateway.SendFile;
using Webserv.Plugins.FastCgi.Backends;
using Webserv.Plugins.FastCgi.Protocol;
using Webserv.Plugins.FastCgi.Scgi;
using Webserv.Plugins.FastCgi.Workers;

namespace Webserv.Plugins.FastCgi;

/// <summary>What a middleware of this plugin consists of: backends, the programs that are started for them, and the way of a request.</summary>
internal sealed class Service : IAsyncDisposable
{
    private readonly ServiceParts _parts;
    private readonly ProcessLimitOptions _limits;
    private readonly SendFileRoots? _files;
    private readonly RequestHandler _handler;
    private readonly Authorizer? _authorizer;
    private readonly BackendPool _pool;
    private readonly WorkerPool? _workers;
    private readonly CapacityInquiry? _inquiry;
    private readonly Backend[] _external;

    private Service(
        ServiceParts parts,
        ProcessLimitOptions limits,
        SendFileRoots? files,
        RequestHandler handler,
        Authorizer? authorizer,
        BackendPool pool,
        WorkerPool? workers,
        CapacityInquiry? inquiry,
        Backend[] external)
    {
        _parts = parts;
        _limits = limits;
        _files = files;
        _handler = handler;
        _authorizer = authorizer;
        _pool = pool;
        _workers = workers;
        _inquiry = inquiry;
        _external = external;
    }

    /// <summary>The process ids of the programs that run.</summary>
    public IReadOnlyList<int> Workers => _workers?.Running ?? [];

    /// <summary>The pool.</summary>
    public BackendPool Pool => _pool;

    /// <summary>Puts one together that speaks FastCGI.</summary>
    public static Service CreateFastCgi(ServiceParts parts, FastCgiOptions options) =>
        CreateFastCgi(parts, options, (Role)(options.Role + 1), options.KeepAliveTimeout, options.ChunkedBody, CommandProgram.Create(options, parts.Entry));

    /// <summary>Puts one together that runs PHP.</summary>
    /// <param name="parts">What it is made of.</param>
    /// <param name="options">The options.</param>
    /// <param name="program">What is started, unless there are addresses.</param>
    public static Service CreatePhp(ServiceParts parts, PhpOptions options, WorkerProgram? program)
    {
        if (options.Extensions.Count == 0)
        {
            options.Extensions = [".php"];
        }

        return CreateFastCgi(parts, options, Role.Responder, options.KeepAliveTimeout, options.ChunkedBody, program);
    }

    /// <summary>Puts one together that speaks SCGI.</summary>
    public static Service CreateScgi(ServiceParts parts, ScgiOptions options) => Create(
        parts, options, Role.Responder, spoolsChunked: true, CommandProgram.Create(options, parts.Entry), static (pool, connector) => new ScgiClient(connector, pool));

    /// <summary>Starts what is to be started, without waiting for it.</summary>
    /// <exception cref="InvalidOperationException">The limits of what is started cannot be had here.</exception>
    public async Task StartAsync(CancellationToken cancellation)
    {
        _files?.Check(_parts.Entry, _parts.Logger, nameof(GatewayOptions.SendFileRoots), nameof(GatewayOptions.SendFileDirectories));
        if (_workers is not null)
        {
            var problems = new List<string>();
            var limits = await ProcessLimitsReader.ReadAsync(_limits, _parts.Runner, problems, cancellation).ConfigureAwait(false);
            if (problems.Count > 0)
            {
                throw new InvalidOperationException("Limits: " + string.Join("; ", problems));
            }

            _workers.Start(limits);
        }

        _inquiry?.Start();
    }

    private static Service CreateFastCgi(
        ServiceParts parts, GatewayOptions options, Role role, TimeSpan? keepAlive, ChunkedBody chunked, WorkerProgram? program)
    {
        var settings = new FastCgiSettings
        {
            Role = role,
            KeepAliveTimeout = keepAlive ?? (program is null ? TimeSpan.FromSeconds(1) : null),
            KillGrace = options.KillGrace,
            Timeout = options.Timeout,
        };
        return Create(parts, options, role, chunked == ChunkedBody.Spool, program, (pool, connector) => new FastCgiClient(connector, settings, pool, parts.Time, parts.Logger));
    }

    public Task InvokeAsync(IHttpContext context, RequestDelegate next, CancellationToken cancellation) =>
        _authorizer?.InvokeAsync(context, next, cancellation) ?? _handler.InvokeAsync(context, next, cancellation);

    public async ValueTask DisposeAsync()
    {
        _pool.Dispose();
        if (_inquiry is not null)
        {
            await _inquiry.DisposeAsync().ConfigureAwait(false);
        }

        foreach (var backend in _external)
        {
            if (backend.Connections is { } connections)
            {
                await connections.CloseAsync().ConfigureAwait(false);
            }
        }

        if (_workers is not null)
        {
            await _workers.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static Service Create(
        ServiceParts parts, GatewayOptions options, Role role, bool spoolsChunked, WorkerProgram? program, Func<BackendPool, Connector, IProtocolClient> speak)
    {
        WorkerPool? workers = null;
        var path = parts.Entry.ConfigurationPath;
        var pool = new BackendPool(
            options.QueueLength, options.QueueTimeout, () => workers?.NextChance(), parts.Time, parts.Logger, path);
        var connector = new Connector(parts.Streams, options.ConnectTimeout, parts.Time);
        var client = speak(pool, connector);
        var external = options.AllAddresses.Select(text => MakeBackend(text, parts.Entry, options, client)).ToArray();
        foreach (var backend in external)
        {
            pool.Add(backend);
        }

        if (program is not null)
        {
            workers = new WorkerPool(program, pool, client, parts.Runner, parts.Time, parts.Logger, path);
        }

        var inquiry = client is FastCgiClient && external.Length > 0
            ? new CapacityInquiry(external, pool, connector, options.ConnectTimeout, parts.Time, parts.Logger, path)
            : null;
        var finder = new ScriptFinder(options, parts.Entry, parts.Files, parts.Time);
        var files = SendFileRoots.Create(options.SendFileRoots, options.SendFileDirectories, parts.Entry, parts.Files, parts.Time);
        var answers = new AnswerRules { Files = files };
        var handler = new RequestHandler(options, answers, role == Role.Filter, spoolsChunked, finder, pool, client, parts.Time, parts.Logger);
        var authorizer = role == Role.Authorizer ? new Authorizer(handler, options.ToExchangeLimits(), answers, parts.Time, parts.Logger) : null;
        return new Service(parts, options.Limits, files, handler, authorizer, pool, workers, inquiry, external);
    }

    private static Backend MakeBackend(string text, IPipelineEntry entry, GatewayOptions options, IProtocolClient client)
    {
        if (!BackendAddress.TryParse(text, entry.ResolvePath, out var address, out var error))
        {
            throw new InvalidOperationException(error); // Only what depends on where the configuration lies: the validator has seen it.
        }

        var backend = new Backend(address.Text, address, options.MaxConnections);
        client.Prepare(backend);
        return backend;
    }
}
