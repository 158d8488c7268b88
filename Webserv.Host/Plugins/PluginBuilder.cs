using System.Buffers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Webserv.Abstractions.Pipeline;
using Webserv.Abstractions.Plugins;

namespace Webserv.Host.Plugins;

/// <summary>Takes what a plugin registers while it is configured.</summary>
internal sealed class PluginBuilder : IPluginBuilder
{
    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_");

    private readonly List<IPluginMiddleware> _middleware = [];
    private readonly PluginUsage _usage;
    private readonly ILogger _logger;
    private bool _isClosed;

    public PluginBuilder(IPluginContext context, PluginHostServices host, ILogger logger)
    {
        Context = context;
        _usage = new PluginUsage(host.TimeProvider);
        _logger = logger;
        Services.AddSingleton(context);
        Services.AddSingleton(host.LoggerFactory);
        Services.AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        Services.AddSingleton(host.TimeProvider);
        Services.AddSingleton(host.OpenFileCache);
        Services.AddSingleton(host.PipeStreams);
    }

    public IServiceCollection Services { get; } = new ServiceCollection();

    public IPluginContext Context { get; }

    /// <summary>What was registered, in order.</summary>
    public IReadOnlyList<IPluginMiddleware> Middleware => _middleware;

    public IPluginBuilder AddMiddleware<TMiddleware>(string name)
        where TMiddleware : class, IMiddleware =>
        Add<TMiddleware>(name, optionsBinder: null);

    public IPluginBuilder AddMiddleware<TMiddleware, TOptions, TValidator>(string name)
        where TMiddleware : class, IMiddleware
        where TOptions : class, new()
        where TValidator : class, IValidateOptions<TOptions>, new() =>
        Add<TMiddleware>(name, new MiddlewareOptionsBinder<TOptions, TValidator>());

    /// <summary>Ends the registration: the builder is valid while the plugin is configured and not longer.</summary>
    public void Close() => _isClosed = true;

    private PluginBuilder Add<TMiddleware>(string name, IMiddlewareOptionsBinder? optionsBinder)
        where TMiddleware : class, IMiddleware
    {
        if (_isClosed)
        {
            throw new InvalidOperationException("Middleware can be registered during Configure only.");
        }

        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.AsSpan().ContainsAnyExcept(NameCharacters))
        {
            throw new ArgumentException($"'{name}' is no name of a middleware: letters, digits, '.', '-' and '_' are allowed.", nameof(name));
        }

        if (typeof(TMiddleware).IsAbstract)
        {
            throw new ArgumentException($"{typeof(TMiddleware)} is abstract; no instance of it can be made.", nameof(name));
        }

        if (_middleware.Exists(other => string.Equals(other.Name, name, StringComparison.OrdinalIgnoreCase)))
        {
            throw new ArgumentException($"The middleware '{name}' is registered twice.", nameof(name));
        }

        _middleware.Add(new MiddlewareRegistration<TMiddleware>(name, Context.Id, _usage, optionsBinder, _logger));
        return this;
    }
}
