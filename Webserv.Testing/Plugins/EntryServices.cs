using Microsoft.Extensions.DependencyInjection;

namespace Webserv.Testing.Plugins;

/// <summary>The plugin's services and those of one entry in front of them.</summary>
internal sealed class EntryServices(IServiceProvider services, Dictionary<Type, object> own) : IServiceProvider
{
    public object? GetService(Type serviceType)
    {
        if (own.TryGetValue(serviceType, out var service))
        {
            return service;
        }

        // The container does not know what the entry adds: without an answer the activator simply tries.
        return serviceType == typeof(IServiceProviderIsService) ? null : services.GetService(serviceType);
    }
}
