using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Webserv.Abstractions.Pipeline;
using Webserv.Abstractions.Plugins;

namespace Webserv.Testing.Plugins;

/// <summary>Collects what a plugin registers.</summary>
internal sealed class TestPluginBuilder(IServiceCollection services, IPluginContext context) : IPluginBuilder
{
    private readonly Dictionary<string, MiddlewareRegistration> _registrations = new(StringComparer.OrdinalIgnoreCase);

    public IServiceCollection Services { get; } = services;

    public IPluginContext Context { get; } = context;

    public IReadOnlyDictionary<string, MiddlewareRegistration> Registrations => _registrations;

    public IPluginBuilder AddMiddleware<TMiddleware>(string name)
        where TMiddleware : class, IMiddleware =>
        Add(name, MiddlewareRegistration.Of<TMiddleware>());

    public IPluginBuilder AddMiddleware<TMiddleware, TOptions, TValidator>(string name)
        where TMiddleware : class, IMiddleware
        where TOptions : class, new()
        where TValidator : class, IValidateOptions<TOptions>, new() =>
        Add(name, MiddlewareRegistration.Of<TMiddleware, TOptions, TValidator>());

    private TestPluginBuilder Add(string name, MiddlewareRegistration registration)
    {
        if (string.IsNullOrEmpty(name) || name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('.' or '-' or '_')))
        {
            throw new ArgumentException($"'{name}' is no name for a middleware.", nameof(name));
        }

        return _registrations.TryAdd(name, registration)
            ? this
            : throw new ArgumentException($"'{name}' was registered before.", nameof(name));
    }
}
