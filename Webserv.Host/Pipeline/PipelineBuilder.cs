using System.Text.Json;
using Microsoft.Extensions.Logging;
using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;
using Webserv.Abstractions.Plugins;
using Webserv.Host.Configuration;
using Webserv.Host.Logging;
using Webserv.Host.Pipeline.Containment;
using Webserv.Host.Pipeline.Timing;
using Webserv.Host.Plugins;
using Webserv.Host.Plugins.Versions;
using Webserv.Host.Proxies;

namespace Webserv.Host.Pipeline;

/// <summary>Compiles the pipelines of a configuration into delegates. Everything that is wrong is collected; nothing is thrown for it.</summary>
internal sealed class PipelineBuilder(WebservOptions options, IMiddlewareCatalog catalog, IConfigurationErrors errors, ILogger logger)
{
    /// <summary>Those that the generation before has and this one may go on with; each is taken once.</summary>
    private readonly List<MiddlewareUse> _reusable = [];

    /// <summary>Those of the server that is being made.</summary>
    private readonly List<MiddlewareUse> _middleware = [];
    private bool _hasGaps;
    private TimingSettings? _timing;
    private readonly List<(IAsyncInitializer Instance, string Plugin, string Path)> _initializers = [];

    /// <summary>
    /// Whether this is a mere check: nothing is initialised, since that may change things on disk, and a middleware that
    /// nobody offers is an error even where a plugin that failed to load may have it.
    /// </summary>
    public bool IsCheck { get; init; }

    /// <summary>How long a middleware may take to be made, and to be initialised, before the start is given up.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the clean-up of a middleware may take before it is given up.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The generation that serves; what stays the same is taken over from it.</summary>
    public PipelineGeneration? Previous { get; init; }

    /// <summary>Is told of builds of plugins that fail; without it no version before comes back.</summary>
    public FailingPlugins? Failing { get; init; }

    /// <summary>Opens access logs; without it there are none.</summary>
    public AccessLogs? AccessLogs { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>The plugins with a middleware that could not be made, or not be initialised.</summary>
    public HashSet<string> FailedPlugins { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether there are entries whose middleware nobody offers.</summary>
    public bool HasUnknownMiddleware { get; private set; }

    /// <summary>Builds a generation.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="cancellation">Cancelled when the start is abandoned.</param>
    /// <returns>The generation, or <see langword="null"/> where something is wrong; what was made is disposed then.</returns>
    public async Task<PipelineGeneration?> BuildAsync(int number, CancellationToken cancellation)
    {
        var responder = new ErrorResponder(logger);
        var counter = new CountingErrors(errors);
        var servers = new List<VirtualServer>();
        var made = new List<VirtualServer>();
        _reusable.AddRange(Previous?.Servers.Servers.SelectMany(server => server.Lifetime.Middleware) ?? []);
        var built = false;
        try
        {
            foreach (var server in options.VirtualServers)
            {
                var limit = PipelineScope.Limit(server.MaxRequestBodySize ?? options.Limits.MaxRequestBodySize);
                var same = Previous?.Servers.Servers.FirstOrDefault(old => old.IsSameAs(server, limit, catalog, options.Plugins));
                if (same is null)
                {
                    same = await MakeAsync(server, limit, number, responder, counter, cancellation).ConfigureAwait(false);
                    made.Add(same);
                }

                servers.Add(same);
            }

            built = counter.Count == 0 && (IsCheck || await InitializeAllAsync(cancellation).ConfigureAwait(false));
        }
        finally
        {
            if (!built)
            {
                // Those of a server that was not finished.
                await MiddlewareInstance.ReleaseAllAsync([.. _middleware.Select(use => use.Instance)]).ConfigureAwait(false);
                foreach (var server in made)
                {
                    await server.Lifetime.RetireAsync(TimeSpan.Zero, static () => { }, TimeProvider).ConfigureAwait(false);
                }
            }
        }

        return built
            ? new PipelineGeneration(number, new VirtualServerTable(servers)) { Forwarding = ForwardedPolicy.Of(options.Proxies) }
            : null;
    }

    private async Task<VirtualServer> MakeAsync(
        VirtualServerOptions server, long? limit, int generation, ErrorResponder responder, CountingErrors counter, CancellationToken cancellation)
    {
        var scope = new PipelineScope(server.Name, options.Directory, server.Root, limit);
        _hasGaps = false;
        _timing = TimingSettings.Of(server, options.Plugins, TimeProvider, logger);
        var end = Time("end", "end of the pipeline", AnswerNotFound, null);
        var pipeline = await CompileAsync(server.Pipeline, scope, end, counter, cancellation).ConfigureAwait(false);
        var logs = AccessLogs is null ? null : new AccessLogLeases(AccessLogs);
        var lifetime = new VirtualServerLifetime(server.Name, [.. _middleware], logs, logger);
        _middleware.Clear();
        return new VirtualServer(server, limit, pipeline, responder, lifetime)
        {
            Generation = generation,
            HasGaps = _hasGaps,
            HasStatistics = options.Plugins.Statistics,
            AccessLog = server.AccessLog is null ? null : logs?.Open(server.AccessLog, server.Name, counter),
        };
    }

    /// <returns>Whether all went well. Those that did not are all reported.</returns>
    private async Task<bool> InitializeAllAsync(CancellationToken cancellation)
    {
        var failed = false;
        foreach (var (instance, plugin, path) in _initializers)
        {
            try
            {
                await PluginCode.RunAsync(
                    plugin, "its initialisation", instance.InitializeAsync, StartTimeout, TimeProvider, logger, cancellation).ConfigureAwait(false);
            }
            catch (PluginException exception)
            {
                failed = true;
                FailedPlugins.Add(plugin);
                errors.Add(path, $"cannot be initialised: {exception.Message}");
                Log.InitializeFailed(logger, path, exception);
            }
        }

        return !failed;
    }

    private async Task<RequestDelegate> CompileAsync(
        IReadOnlyList<PipelineEntryOptions> entries, PipelineScope scope, RequestDelegate next, CountingErrors counter, CancellationToken cancellation)
    {
        // From the last to the first, since each holds the delegate of the one behind it. Instances are made in that order too.
        for (var index = entries.Count - 1; index >= 0; index--)
        {
            next = await CompileAsync(entries[index], scope, next, counter, cancellation).ConfigureAwait(false);
        }

        return next;
    }

    private async Task<RequestDelegate> CompileAsync(
        PipelineEntryOptions entry, PipelineScope outer, RequestDelegate next, CountingErrors counter, CancellationToken cancellation)
    {
        var scope = outer.Enter(entry);
        var behind = entry.MaxRequestBodySize is null ? next : WithBodyLimit(outer.MaxRequestBodySize, next);
        var inner = entry.Use is not null
            ? Time(
                entry.Use,
                Describe(entry),
                await CompileMiddlewareAsync(entry, entry.Use, scope, behind, counter, cancellation).ConfigureAwait(false),
                StatisticsOf(entry.Use))
            : await CompileAsync(entry.Pipeline ?? [], scope, behind, counter, cancellation).ConfigureAwait(false);
        if (entry.MaxRequestBodySize is not null)
        {
            inner = WithBodyLimit(scope.MaxRequestBodySize, inner);
        }

        if (entry.AllowedMethods is { } allowed)
        {
            inner = WithAllowedMethods(allowed, entry.ImplicitHead, inner);
        }

        return EntryCondition.Create(entry.When) is { } condition
            ? (context, cancellation) => condition.IsMatch(context.Request) ? inner(context, cancellation) : next(context, cancellation)
            : inner;
    }

    /// <summary>Takes the time of an entry, where somebody asks for that; otherwise the entry is what it was.</summary>
    private RequestDelegate Time(string name, string place, RequestDelegate entry, PluginStatistics? statistics) =>
        _timing is null || (statistics is null && !_timing.IsShown) ? entry : new TimedEntry(name, place, entry, statistics, _timing).InvokeAsync;

    private PluginStatistics? StatisticsOf(string middleware) => options.Plugins.Statistics ? catalog.Find(middleware)?.Usage.Statistics : null;

    private async Task<RequestDelegate> CompileMiddlewareAsync(
        PipelineEntryOptions entry, string name, PipelineScope scope, RequestDelegate next, CountingErrors counter, CancellationToken cancellation)
    {
        if (catalog.Find(name) is not { } registration)
        {
            return CompileMissing(entry, name, counter);
        }

        if (await UseAsync(registration, entry, scope, counter, cancellation).ConfigureAwait(false) is not { } use)
        {
            return next;
        }

        var middleware = use.Instance.Middleware;
        if (use.Budget is { } budget)
        {
            return new ContainedMiddleware(
                middleware, registration, Describe(entry, registration), budget, use.Breaker, next, TimeProvider, logger).InvokeAsync;
        }

        return (registration.IsNonBlocking, registration.ReleasesContext, registration.AnswersAtOnce) switch
        {
            (true, true, true) => (context, cancellation) => middleware.InvokeAsync(context, next, cancellation),
            (true, false, true) => (context, cancellation) => middleware.InvokeAsync(Guard(context), next, cancellation),
            (true, true, false) => (context, cancellation) =>
                EarlierAnswers.SendAndInvokeAsync(middleware, Http1.Http1Context.From(context), context, next, cancellation),
            (true, false, false) => (context, cancellation) =>
                EarlierAnswers.SendAndInvokeAsync(middleware, Http1.Http1Context.From(context), Guard(context), next, cancellation),
            _ => (context, cancellation) => OffLoopMiddleware.InvokeAsync(middleware, Guard(context), next, cancellation),
        };
    }

    /// <summary>Takes one over from the generation before, or makes it.</summary>
    private async Task<MiddlewareUse?> UseAsync(
        IMiddlewareRegistration registration, PipelineEntryOptions entry, PipelineScope scope, CountingErrors counter, CancellationToken cancellation)
    {
        var fingerprint = $"{registration.Name}|{scope.Fingerprint}|{Fingerprint.Of(entry.Options, counter)}";
        var index = _reusable.FindIndex(candidate => candidate.Instance.IsMadeBy(registration, fingerprint));
        MiddlewareUse? before = null;
        MiddlewareInstance instance;
        if (index >= 0)
        {
            before = _reusable[index];
            _reusable.RemoveAt(index);
            instance = before.Instance.Hold();
        }
        else
        {
            var maker = new MiddlewareMaker { StartTimeout = StartTimeout, StopTimeout = StopTimeout, TimeProvider = TimeProvider, Logger = logger };
            var place = new PipelineEntry(registration.Name, entry.ConfigurationPath, scope);
            if (await maker.MakeAsync(registration, place, entry.Options, fingerprint, counter, cancellation).ConfigureAwait(false) is not { } made)
            {
                FailedPlugins.Add(registration.PluginId);
                return null;
            }

            instance = made;
            if (instance.Middleware is IAsyncInitializer initializer)
            {
                _initializers.Add((initializer, registration.PluginId, entry.ConfigurationPath));
            }
        }

        var budget = options.Plugins.BudgetOf(registration.PluginId);
        var use = new MiddlewareUse(instance, before, budget, Describe(entry, registration), Failing, TimeProvider, logger);
        _middleware.Add(use);
        return use;
    }

    /// <summary>An entry as clients may see it: its place in the pipeline of its virtual server.</summary>
    private static string Describe(PipelineEntryOptions entry)
    {
        var start = entry.ConfigurationPath.IndexOf(nameof(VirtualServerOptions.Pipeline), StringComparison.Ordinal);
        return $"{entry.Use} ({(start < 0 ? entry.ConfigurationPath : entry.ConfigurationPath[start..])})";
    }

    private static string Describe(PipelineEntryOptions entry, IMiddlewareRegistration registration) => $"{entry.ConfigurationPath} ({registration.Name})";

    /// <summary>What is handed to a middleware that may keep it; a context that a middleware wrapped has the guarded one inside.</summary>
    private static IHttpContext Guard(IHttpContext context) => context is Http1.Http1Context host ? host.Guarded : context;

    private RequestDelegate CompileMissing(PipelineEntryOptions entry, string name, CountingErrors counter)
    {
        _hasGaps = true;
        HasUnknownMiddleware = true;
        var failed = string.Join(", ", catalog.FailedPlugins);
        if (failed.Length == 0)
        {
            counter.Add(entry.ConfigurationPath + ":Use", $"no plugin offers a middleware '{name}'{NearestName.Hint(name, catalog.Names)}");
        }
        else if (IsCheck || NearestName.Find(name, catalog.Names) is not null)
        {
            counter.Add(
                entry.ConfigurationPath + ":Use",
                $"no loaded plugin offers a middleware '{name}', unless one that failed to load does: {failed}{NearestName.Hint(name, catalog.Names)}");
        }
        else
        {
            Log.MiddlewareUnavailable(logger, entry.ConfigurationPath, name, failed);
        }

        return static (context, _) =>
        {
            context.Response.StatusCode = StatusCodes.ServiceUnavailable;
            return Task.CompletedTask;
        };
    }

    private static RequestDelegate WithBodyLimit(long? limit, RequestDelegate next) =>
        (context, cancellation) =>
        {
            if (!Http1.Http1Context.From(context).Request.BodyWasRead)
            {
                context.Request.MaxBodySize = limit;
            }

            return next(context, cancellation);
        };

    private static RequestDelegate WithAllowedMethods(IReadOnlyList<string> methods, bool implicitHead, RequestDelegate next)
    {
        var allowed = methods.ToList();
        if (implicitHead && allowed.Contains(HttpMethods.Get) && !allowed.Contains(HttpMethods.Head))
        {
            allowed.Add(HttpMethods.Head);
        }

        return (context, cancellation) => allowed.Contains(context.Request.Method)
            ? next(context, cancellation)
            : AllowedMethods.AnswerAsync(context, allowed);
    }

    /// <summary>The end of every pipeline: nobody answered.</summary>
    private static Task AnswerNotFound(IHttpContext context, CancellationToken cancellation) =>
        AllowedMethods.AnswerAsync(context, context.GetFeature<IAllowedMethodsFeature>()?.Methods ?? []);

    /// <summary>Passes errors on and counts them, to tell whether this build may go live.</summary>
    private sealed class CountingErrors(IConfigurationErrors inner) : IConfigurationErrors, IJsonKinds
    {
        public int Count { get; private set; }

        public void Add(string path, string message)
        {
            Count++;
            inner.Add(path, message);
        }

        public JsonValueKind KindOf(string path) => (inner as IJsonKinds)?.KindOf(path) ?? JsonValueKind.Undefined;
    }
}
