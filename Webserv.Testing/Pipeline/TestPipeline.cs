using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;
using Webserv.Abstractions.Plugins;
using Webserv.Host.Http1;
using Webserv.Host.Pipeline;
using Webserv.Testing.Http;
using Webserv.Testing.Logging;
using Webserv.Testing.Plugins;

namespace Webserv.Testing.Pipeline;

/// <summary>
/// The pipeline of a virtual server in memory, with the middleware of several plugins and of the test: entries in order, each for its
/// paths; error pages, local redirects and exceptions as the server handles them.
/// </summary>
/// <example>
/// <code>
/// await using var pipeline = new TestPipeline();
/// await pipeline.LoadAsync&lt;CounterPlugin&gt;();
/// await pipeline.LoadAsync&lt;HelloPlugin&gt;();
/// await pipeline.UseAsync("Counter");
/// await pipeline.UseAsync("Hello", new TestPipelineEntry { MatchPath = "/hello" });
/// pipeline.ErrorPages[404] = "/missing.html";
/// var context = TestHttpContext.Get("/hello");
/// var response = await pipeline.SendAsync(context);
/// Assert.Equal(["Counter", "Hello"], context.Visited);
/// </code>
/// </example>
/// <param name="timeProvider">The clock of the plugins; the system's by default.</param>
public sealed class TestPipeline(TimeProvider? timeProvider = null) : IAsyncDisposable
{
    private readonly List<PluginHost> _plugins = [];
    private readonly List<TestPipelineStep> _steps = [];
    private readonly List<Exception> _failures = [];

    /// <summary>What requests are told about the virtual server.</summary>
    public TestVirtualServer VirtualServer { get; init; } = new();

    /// <summary>What all plugins logged.</summary>
    public TestLog Log { get; } = new();

    /// <summary>Paths of the virtual server that answer with the page of a status, as <c>ErrorPages</c> of the configuration.</summary>
    public IDictionary<int, string> ErrorPages { get; } = new Dictionary<int, string>();

    /// <summary>What middleware threw that is no <see cref="HttpException"/>: 500 for the client, an entry in the log of a server.</summary>
    public IReadOnlyList<Exception> Failures => _failures;

    /// <summary>Loads a plugin, whose middleware can then be used.</summary>
    /// <typeparam name="TPlugin">The plugin.</typeparam>
    /// <param name="configureServices">Replaces services after the plugin registered its own, for example by mocks.</param>
    /// <param name="cancellation">Handed to the initialisers.</param>
    /// <returns>The plugin; it is disposed with the pipeline.</returns>
    public async Task<PluginHost> LoadAsync<TPlugin>(Action<IServiceCollection>? configureServices = null, CancellationToken cancellation = default)
        where TPlugin : IPlugin, new()
    {
        var plugin = await PluginHost.CreateAsync(new TPlugin(), AppContext.BaseDirectory, Log, configureServices, timeProvider, cancellation).ConfigureAwait(false);
        _plugins.Add(plugin);
        return plugin;
    }

    /// <summary>Adds an entry with the defaults of its options.</summary>
    /// <param name="name">The name that one of the plugins registered it under.</param>
    /// <param name="entry">Its place. With <see cref="TestPipelineEntry.MatchPath"/> it applies there alone.</param>
    /// <param name="cancellation">Handed to the initialiser.</param>
    /// <returns>The initialised instance.</returns>
    /// <exception cref="ArgumentException">No plugin offers such a name.</exception>
    /// <exception cref="OptionsValidationException">The defaults are refused.</exception>
    public async Task<IMiddleware> UseAsync(string name, TestPipelineEntry? entry = null, CancellationToken cancellation = default)
    {
        var place = entry ?? NextEntry(name);
        return Add(name, await Find(name).UseAsync(name, place, cancellation).ConfigureAwait(false), place.MatchPath);
    }

    /// <summary>Adds an entry.</summary>
    /// <typeparam name="TOptions">The type of its options.</typeparam>
    /// <param name="name">The name that one of the plugins registered it under.</param>
    /// <param name="configure">Sets the options.</param>
    /// <param name="entry">Its place. With <see cref="TestPipelineEntry.MatchPath"/> it applies there alone.</param>
    /// <param name="cancellation">Handed to the initialiser.</param>
    /// <returns>The initialised instance.</returns>
    /// <exception cref="ArgumentException">No plugin offers such a name, or with options of another type.</exception>
    /// <exception cref="OptionsValidationException">The options are refused.</exception>
    public async Task<IMiddleware> UseAsync<TOptions>(
        string name, Action<TOptions> configure, TestPipelineEntry? entry = null, CancellationToken cancellation = default)
        where TOptions : class
    {
        var place = entry ?? NextEntry(name);
        return Add(name, await Find(name).UseAsync(name, configure, place, cancellation).ConfigureAwait(false), place.MatchPath);
    }

    /// <summary>Adds a middleware of the test, for example a mock. It is not disposed.</summary>
    /// <param name="name">What it is called in <see cref="TestHttpContext.Visited"/>.</param>
    /// <param name="middleware">The middleware.</param>
    /// <param name="path">A pattern of the paths it applies to; <see langword="null"/> for all.</param>
    public TestPipeline Use(string name, IMiddleware middleware, string? path = null)
    {
        ArgumentNullException.ThrowIfNull(middleware);
        Add(name, middleware, path);
        return this;
    }

    /// <summary>Adds a middleware that is written in place.</summary>
    /// <param name="name">What it is called in <see cref="TestHttpContext.Visited"/>.</param>
    /// <param name="invoke">What it does.</param>
    /// <param name="path">A pattern of the paths it applies to; <see langword="null"/> for all.</param>
    public TestPipeline Use(string name, Func<IHttpContext, RequestDelegate, CancellationToken, Task> invoke, string? path = null)
    {
        ArgumentNullException.ThrowIfNull(invoke);
        return Use(name, new DelegateMiddleware(invoke), path);
    }

    /// <summary>
    /// Sends a request through the entries; behind the last comes <see cref="TestHttpContext.Next"/>. Nothing that a middleware throws
    /// comes out, neither while it answers nor, from <see cref="IHttpResponse.OnStarting"/>, when the response is completed: it becomes an error page,
    /// and is in <see cref="Failures"/>, as is a body that is shorter than its length.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="cancellation">Handed to the middleware.</param>
    /// <returns>The complete response, or what was sent of it (<see cref="TestHttpResponse.IsCut"/>).</returns>
    public Task<TestHttpResponse> SendAsync(TestHttpContext context, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        var pipeline = Compile(context);
        context.WithVirtualServer(VirtualServer).LocalRedirect.Pipeline = pipeline;
        return context.ServeAsync(
            (_, token) => RunAsync(context, pipeline, token),
            (exception, isSecond, token) => FailAsync(context, pipeline, exception, isSecond, token),
            cancellation);
    }

    /// <summary>Disposes the plugins with their middleware, the last one first.</summary>
    public async ValueTask DisposeAsync()
    {
        _steps.Clear();
        foreach (var plugin in Enumerable.Reverse(_plugins))
        {
            await plugin.DisposeAsync().ConfigureAwait(false);
        }

        _plugins.Clear();
    }

    private RequestDelegate Compile(TestHttpContext context)
    {
        var rest = context.Next;
        foreach (var step in Enumerable.Reverse(_steps))
        {
            var next = rest;
            rest = (current, token) =>
            {
                if (step.When?.IsMatch(current.Request.Path) == false)
                {
                    return next(current, token);
                }

                context.Visit(step.Name);
                return step.Middleware.InvokeAsync(current, next, token);
            };
        }

        return rest;
    }

    private async Task RunAsync(TestHttpContext context, RequestDelegate pipeline, CancellationToken cancellation)
    {
        await pipeline(context, cancellation).ConfigureAwait(false);
        if (context.Response.NeedsPage && !context.ClientIsGone)
        {
            await SendPageAsync(context, pipeline, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Runs the callbacks that wait for the start, before the error page. One that throws makes it 500.</summary>
    private async Task RunCallbacksAsync(TestHttpContext context)
    {
        var response = context.Response;
        if (response.NeedsPage && !ErrorPages.ContainsKey(response.StatusCode))
        {
            response.Headers[Fields.ContentType] =
                ErrorPage.Render(response.StatusCode, context.Request.Headers[Fields.Accept].ToString(), context.TraceId).ContentType;
        }

        for (var left = response.Callbacks; left > 0 && !response.HasStarted; left--)
        {
            try
            {
                await response.RunStartingAsync().ConfigureAwait(false);
            }
            catch (Exception exception) when (!response.HasStarted && !context.ClientIsGone)
            {
                _failures.Add(exception);
                response.StatusCode = StatusCodes.InternalServerError;
            }
        }

        response.ForgetCallbacks();
        if (!response.HasStarted)
        {
            response.ClearBody();
        }
    }

    /// <summary>Answers for a pipeline that threw, or cuts the response where it has begun.</summary>
    /// <returns>Whether it is no cancellation of the test's.</returns>
    private async Task<bool> FailAsync(TestHttpContext context, RequestDelegate pipeline, Exception exception, bool isSecond, CancellationToken cancellation)
    {
        if (exception is OperationCanceledException && cancellation.IsCancellationRequested)
        {
            return false;
        }

        if (exception is not HttpException)
        {
            _failures.Add(exception);
        }

        if (isSecond || context.Response.HasStarted)
        {
            // An answer that has begun cannot become another one, and one to a failure that fails as well is none.
            context.Response.Cut();
            return true;
        }

        try
        {
            Prepare(context.Response, exception);
            if (context.Response.Callbacks > 0)
            {
                await RunCallbacksAsync(context).ConfigureAwait(false);
            }

            await SendPageAsync(context, pipeline, cancellation).ConfigureAwait(false);
        }
        catch (Exception second) when (!(second is OperationCanceledException && cancellation.IsCancellationRequested))
        {
            if (!context.ClientIsGone)
            {
                _failures.Add(second);
            }

            context.Response.Cut();
        }

        return true;
    }

    /// <summary>Sets status and fields; 500 where the fields are none that can be sent.</summary>
    private void Prepare(TestHttpResponse response, Exception exception)
    {
        try
        {
            response.Reset(exception as HttpException ?? new HttpException(StatusCodes.InternalServerError));
        }
        catch (Exception second) when (second is ArgumentException or InvalidOperationException)
        {
            _failures.Add(second);
            response.Reset(new HttpException(StatusCodes.InternalServerError));
        }
    }

    private async Task SendPageAsync(TestHttpContext context, RequestDelegate pipeline, CancellationToken cancellation)
    {
        var response = context.Response;
        var status = response.StatusCode;
        if (ErrorPages.TryGetValue(status, out var path) && RequestTargetParser.ParseLocal(path) is { } target
            && await TrySendConfiguredAsync(context, pipeline, status, target, cancellation).ConfigureAwait(false))
        {
            return;
        }

        var page = ErrorPage.Render(status, context.Request.Headers[Fields.Accept].ToString(), context.TraceId);
        response.Headers[Fields.ContentType] = page.ContentType;
        response.ContentLength = page.Body.Length;
        await response.Body.WriteAsync(page.Body, cancellation).ConfigureAwait(false);
    }

    /// <summary>Sends the request through the pipeline again for the configured page, keeping the status.</summary>
    /// <returns>Whether the page answered.</returns>
    private async Task<bool> TrySendConfiguredAsync(
        TestHttpContext context, RequestDelegate pipeline, int status, RequestTarget target, CancellationToken cancellation)
    {
        var response = context.Response;
        var fields = response.Headers.ToArray();
        response.StatusCode = StatusCodes.Ok;
        response.StatusOverride = status;
        context.BecomeLocal(target);
        try
        {
            await pipeline(context, cancellation).ConfigureAwait(false);
            if (response.HasStarted || (response.StatusCode == StatusCodes.Ok && response.BytesWritten > 0))
            {
                return true;
            }
        }
        catch (HttpException) when (!response.HasStarted)
        {
            // The page is not there: the default one takes its place.
        }
        catch (Exception exception) when (!response.HasStarted && !context.ClientIsGone && !cancellation.IsCancellationRequested)
        {
            _failures.Add(exception);
        }

        response.Clear();
        response.StatusOverride = 0;
        response.StatusCode = status;
        foreach (var (name, value) in fields)
        {
            response.Headers[name] = value;
        }

        return false;
    }

    private IMiddleware Add(string name, IMiddleware middleware, string? path)
    {
        _steps.Add(new TestPipelineStep(name, middleware, path is null ? null : new PathPattern(path)));
        return middleware;
    }

    private TestPipelineEntry NextEntry(string name) => new()
    {
        Name = name,
        ConfigurationPath = $"Webserv:VirtualServers:0:Pipeline:{_steps.Count}",
        VirtualServer = VirtualServer.Name,
        Root = VirtualServer.Root,
    };

    private PluginHost Find(string name) =>
        _plugins.Find(plugin => plugin.Names.Contains(name, StringComparer.OrdinalIgnoreCase))
        ?? throw new ArgumentException(
            $"No plugin offers '{name}', only {string.Join(", ", _plugins.SelectMany(plugin => plugin.Names))}.", nameof(name));
}
