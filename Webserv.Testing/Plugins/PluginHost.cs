using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Webserv.Abstractions.Files;
using Webserv.Abstractions.Http;
using Webserv.Abstractions.IO;
using Webserv.Abstractions.Pipeline;
using Webserv.Abstractions.Plugins;
using Webserv.Testing.Files;
using Webserv.Testing.Http;
using Webserv.Testing.IO;
using Webserv.Testing.Logging;
using Webserv.Testing.Pipeline;

namespace Webserv.Testing.Plugins;

/// <summary>
/// Runs a plugin in memory the way the server does: <see cref="IPlugin.Configure"/>, a container, validated options, one
/// instance for every entry of a small pipeline, initialisers, disposal in reverse order.
/// </summary>
/// <example>
/// <code>
/// await using var host = await PluginHost.CreateAsync&lt;HelloPlugin&gt;();
/// await host.UseAsync&lt;HelloOptions&gt;("Hello", options => options.Greeting = "Hi");
/// var response = await host.SendAsync(TestHttpContext.Get("/"));
/// </code>
/// </example>
public sealed class PluginHost : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly IReadOnlyDictionary<string, MiddlewareRegistration> _registrations;
    private readonly List<IMiddleware> _pipeline = [];

    private PluginHost(ServiceProvider services, IReadOnlyDictionary<string, MiddlewareRegistration> registrations, TestLog log)
    {
        _services = services;
        _registrations = registrations;
        Log = log;
    }

    /// <summary>The plugin's own container.</summary>
    public IServiceProvider Services => _services;

    /// <summary>What the plugin logged.</summary>
    public TestLog Log { get; }

    /// <summary>The names that the plugin offers, in order.</summary>
    public IReadOnlyList<string> Names => [.. _registrations.Keys.Order(StringComparer.OrdinalIgnoreCase)];

    /// <summary>The instances that were made so far, outermost first.</summary>
    public IReadOnlyList<IMiddleware> Pipeline => _pipeline;

    /// <summary>Loads a plugin and runs the initialisers among its services.</summary>
    /// <typeparam name="TPlugin">The plugin.</typeparam>
    /// <param name="configureServices">Replaces services after the plugin registered its own, for example by mocks.</param>
    /// <param name="timeProvider">The clock; the system's by default.</param>
    /// <param name="cancellation">Handed to the initialisers.</param>
    public static async Task<PluginHost> CreateAsync<TPlugin>(
        Action<IServiceCollection>? configureServices = null,
        TimeProvider? timeProvider = null,
        CancellationToken cancellation = default)
        where TPlugin : IPlugin, new() =>
        await CreateAsync(new TPlugin(), AppContext.BaseDirectory, new TestLog(), configureServices, timeProvider, cancellation).ConfigureAwait(false);

    /// <summary>Loads a plugin that was made already.</summary>
    internal static async Task<PluginHost> CreateAsync(
        IPlugin plugin, string directory, TestLog log, Action<IServiceCollection>? configureServices, TimeProvider? timeProvider, CancellationToken cancellation)
    {
        var context = new TestPluginContext(plugin.GetType().Assembly, directory, log, timeProvider ?? TimeProvider.System);
        var services = new ServiceCollection();
        services.AddSingleton<ILoggerFactory>(log);
        services.AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        services.AddSingleton(context.TimeProvider);
        services.AddSingleton<IOpenFileCache>(new TestFileCache());
        services.AddSingleton<IPipeStreams>(new TestPipeStreams());
        services.AddSingleton<IPluginContext>(context);

        var builder = new TestPluginBuilder(services, context);
        plugin.Configure(builder);
        configureServices?.Invoke(services);

        var host = new PluginHost(
            services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true }),
            builder.Registrations,
            log);
        try
        {
            foreach (var initializer in host._services.GetServices<IAsyncInitializer>())
            {
                await initializer.InitializeAsync(cancellation).ConfigureAwait(false);
            }
        }
        catch
        {
            await host.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        return host;
    }

    /// <summary>Adds an entry to the pipeline with the defaults of its options.</summary>
    /// <param name="name">The name that the plugin registered it under.</param>
    /// <param name="entry">Its place; a new <see cref="TestPipelineEntry"/> by default.</param>
    /// <param name="cancellation">Handed to the initialiser.</param>
    /// <returns>The initialised instance.</returns>
    /// <exception cref="ArgumentException">The plugin offers no such name.</exception>
    /// <exception cref="OptionsValidationException">The defaults are refused.</exception>
    public Task<IMiddleware> UseAsync(string name, IPipelineEntry? entry = null, CancellationToken cancellation = default) =>
        UseAsync(name, Find(name).CreateOptions(), entry, cancellation);

    /// <summary>Adds an entry to the pipeline.</summary>
    /// <typeparam name="TOptions">The type of its options.</typeparam>
    /// <param name="name">The name that the plugin registered it under.</param>
    /// <param name="configure">Sets the options, where the server binds them from the configuration.</param>
    /// <param name="entry">Its place; a new <see cref="TestPipelineEntry"/> by default.</param>
    /// <param name="cancellation">Handed to the initialiser.</param>
    /// <returns>The initialised instance.</returns>
    /// <exception cref="ArgumentException">The plugin offers no such name, or with options of another type.</exception>
    /// <exception cref="OptionsValidationException">The options are refused.</exception>
    public Task<IMiddleware> UseAsync<TOptions>(
        string name, Action<TOptions> configure, IPipelineEntry? entry = null, CancellationToken cancellation = default)
        where TOptions : class =>
        UseAsync(name, Configure(name, configure), entry, cancellation);

    /// <summary>Adds an entry to the pipeline, with options by name: for a plugin whose types the test does not see.</summary>
    /// <param name="name">The name that the plugin registered it under.</param>
    /// <param name="options">
    /// Values by name, in any case, read as those of a configuration: <c>"10s"</c>, <c>"10MB"</c>, names of enums, lists, and dictionaries for
    /// objects. A value that is of the option's own type is taken as it is.
    /// </param>
    /// <param name="entry">Its place; a new <see cref="TestPipelineEntry"/> by default.</param>
    /// <param name="cancellation">Handed to the initialiser.</param>
    /// <returns>The initialised instance.</returns>
    /// <exception cref="ArgumentException">The plugin offers no such name, it has no such option, or a configuration could not give it such a value.</exception>
    /// <exception cref="OptionsValidationException">The options are refused.</exception>
    public Task<IMiddleware> UseAsync(
        string name, IReadOnlyDictionary<string, object?> options, IPipelineEntry? entry = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var target = Find(name).CreateOptions() ?? throw new ArgumentException($"'{name}' has no options.", nameof(options));
        foreach (var (property, value) in options)
        {
            NamedOption.Set(target, property, value);
        }

        return UseAsync(name, target, entry, cancellation);
    }

    /// <summary>What the plugin's validator says about options, without making anything.</summary>
    /// <typeparam name="TOptions">The type of the options.</typeparam>
    /// <param name="name">The name that the plugin registered the middleware under.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The failures, <c>"Property: what is wrong"</c>; empty where there are none.</returns>
    public IReadOnlyList<string> Validate<TOptions>(string name, Action<TOptions> configure)
        where TOptions : class =>
        Find(name).Validate(Configure(name, configure));

    /// <summary>
    /// Sends a request through the entries, in the order they were added; behind the last comes
    /// <see cref="TestHttpContext.Next"/>. An <see cref="HttpException"/> becomes its status.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="cancellation">Handed to the middleware.</param>
    /// <returns>The complete response.</returns>
    public Task<TestHttpResponse> SendAsync(TestHttpContext context, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        var rest = context.Next;
        foreach (var middleware in Enumerable.Reverse(_pipeline))
        {
            var next = rest;
            rest = (current, token) => middleware.InvokeAsync(current, next, token);
        }

        return context.SendAsync(rest, cancellation);
    }

    /// <summary>Disposes the instances, last first, then the plugin's services.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var middleware in Enumerable.Reverse(_pipeline))
        {
            await DisposeAsync(middleware).ConfigureAwait(false);
        }

        _pipeline.Clear();
        await _services.DisposeAsync().ConfigureAwait(false);
    }

    private static async ValueTask DisposeAsync(IMiddleware middleware)
    {
        switch (middleware)
        {
            case IAsyncDisposable disposable:
                await disposable.DisposeAsync().ConfigureAwait(false);
                break;
            case IDisposable disposable:
                disposable.Dispose();
                break;
        }
    }

    private async Task<IMiddleware> UseAsync(string name, object? options, IPipelineEntry? entry, CancellationToken cancellation)
    {
        var middleware = Find(name).Create(_services, options, entry ?? new TestPipelineEntry { Name = name });
        try
        {
            if (middleware is IAsyncInitializer initializer)
            {
                await initializer.InitializeAsync(cancellation).ConfigureAwait(false);
            }
        }
        catch
        {
            await DisposeAsync(middleware).ConfigureAwait(false);
            throw;
        }

        _pipeline.Add(middleware);
        return middleware;
    }

    private TOptions Configure<TOptions>(string name, Action<TOptions> configure)
        where TOptions : class
    {
        ArgumentNullException.ThrowIfNull(configure);
        if (Find(name).CreateOptions() is not TOptions options)
        {
            throw new ArgumentException($"'{name}' has no options of type {typeof(TOptions).Name}.", nameof(name));
        }

        configure(options);
        return options;
    }

    private MiddlewareRegistration Find(string name) =>
        _registrations.TryGetValue(name, out var registration)
            ? registration
            : throw new ArgumentException($"The plugin offers no '{name}', only {string.Join(", ", Names)}.", nameof(name));
}
