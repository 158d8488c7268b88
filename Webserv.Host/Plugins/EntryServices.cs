using Microsoft.Extensions.DependencyInjection;
using Webserv.Abstractions.Pipeline;

namespace Webserv.Host.Plugins;

/// <summary>What the constructor of a middleware may ask for: its entry and its options, and then the plugin's container.</summary>
internal sealed class EntryServices : IKeyedServiceProvider, IServiceProviderIsKeyedService
{
    private readonly IKeyedServiceProvider _plugin;
    private readonly IServiceProviderIsKeyedService _isService;
    private readonly IPipelineEntry _entry;
    private readonly Type? _optionsType;
    private readonly object? _options;

    public EntryServices(IServiceProvider plugin, IPipelineEntry entry, Type? optionsType, object? options)
    {
        _plugin = (IKeyedServiceProvider)plugin;
        _isService = plugin.GetRequiredService<IServiceProviderIsKeyedService>();
        _entry = entry;
        _optionsType = optionsType;
        _options = options;
    }

    public object? GetService(Type serviceType) =>
        serviceType == typeof(IPipelineEntry) ? _entry
        : serviceType == _optionsType ? _options
        : serviceType == typeof(IServiceProviderIsService) || serviceType == typeof(IServiceProviderIsKeyedService) ? this
        : _plugin.GetService(serviceType);

    public object? GetKeyedService(Type serviceType, object? serviceKey) => _plugin.GetKeyedService(serviceType, serviceKey);

    public object GetRequiredKeyedService(Type serviceType, object? serviceKey) => _plugin.GetRequiredKeyedService(serviceType, serviceKey);

    public bool IsService(Type serviceType) =>
        serviceType == typeof(IPipelineEntry) || serviceType == _optionsType || _isService.IsService(serviceType);

    public bool IsKeyedService(Type serviceType, object? serviceKey) => _isService.IsKeyedService(serviceType, serviceKey);
}
