using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Webserv.Abstractions.Pipeline;
using Webserv.Host.Configuration;

namespace Webserv.Host.Plugins;

/// <summary>A middleware that a loaded plugin offers.</summary>
internal sealed class MiddlewareRegistration<TMiddleware>(
    string name, string pluginId, PluginUsage usage, IMiddlewareOptionsBinder? optionsBinder, ILogger logger) : IPluginMiddleware
    where TMiddleware : class, IMiddleware
{
    private PluginInstance? _plugin;
    private IServiceProvider? _services;

    public string Name => name;

    public string PluginId => pluginId;

    public string? PluginHash => _plugin?.Description.Hash;

    public PluginUsage Usage => usage;

    public bool IsNonBlocking { get; } = typeof(TMiddleware).IsDefined(typeof(NonBlockingAttribute), inherit: false);

    public bool AnswersAtOnce { get; } = typeof(TMiddleware).GetCustomAttribute<NonBlockingAttribute>(inherit: false)?.AnswersAtOnce == true;

    public bool ReleasesContext { get; } = typeof(TMiddleware).GetCustomAttribute<NonBlockingAttribute>(inherit: false)?.ReleasesContext == true;

    public Type MiddlewareType => typeof(TMiddleware);

    public Type? OptionsType => optionsBinder?.OptionsType;

    public void Attach(PluginInstance? plugin, IServiceProvider? services)
    {
        _plugin = plugin;
        _services = services;
    }

    public IAsyncDisposable HoldPlugin() => _plugin?.Acquire() ?? throw new ObjectDisposedException(pluginId);

    public IMiddleware? Create(IPipelineEntry entry, IConfigurationSection? options, IConfigurationErrors errors)
    {
        var path = $"{entry.ConfigurationPath}:Options";
        var found = new MiddlewareErrors(errors);
        try
        {
            if (_services is not { } services)
            {
                found.Add(entry.ConfigurationPath, $"plugin {pluginId} has been unloaded");
                return null;
            }

            if (optionsBinder is null && options is not null)
            {
                found.Add(path, $"{name} has no options");
            }

            var bound = optionsBinder?.Bind(options, path, found);
            return found.Any
                ? null
                : ActivatorUtilities.CreateInstance<TMiddleware>(new EntryServices(services, entry, optionsBinder?.ServiceType, bound));
        }
        catch (Exception exception)
        {
            // The plugin's own code (options, validator, constructor, services): nothing that it throws may stop the others.
            logger.MiddlewareFailed(pluginId, entry.ConfigurationPath, exception);
            errors.Add(entry.ConfigurationPath, $"{name} of plugin {pluginId} {PluginFailure.Describe(exception)}");
            return null;
        }
    }
}
