using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Webserv.Abstractions.Pipeline;

namespace Webserv.Abstractions.Plugins;

/// <summary>What a plugin registers itself with.</summary>
public interface IPluginBuilder
{
    /// <summary>
    /// The services of this plugin alone: a container is built from them when the plugin is loaded and disposed when it
    /// is unloaded. It already holds the host's <c>ILoggerFactory</c>, <c>ILogger&lt;T&gt;</c>, <see cref="TimeProvider"/>,
    /// <see cref="Files.IOpenFileCache"/>, <see cref="IO.IPipeStreams"/> and <see cref="IPluginContext"/>.
    /// </summary>
    IServiceCollection Services { get; }

    /// <summary>What the plugin may know about itself and its host.</summary>
    IPluginContext Context { get; }

    /// <summary>Offers a middleware without options under a name that pipelines can <c>Use</c>.</summary>
    /// <typeparam name="TMiddleware">Made once for every entry that uses it.</typeparam>
    /// <param name="name">Letters, digits, <c>.</c>, <c>-</c> and <c>_</c>; unique among all loaded plugins, ignoring case.</param>
    /// <exception cref="ArgumentException">The name is malformed or was registered before.</exception>
    IPluginBuilder AddMiddleware<TMiddleware>(string name)
        where TMiddleware : class, IMiddleware;

    /// <summary>Offers a middleware whose entries have options.</summary>
    /// <typeparam name="TMiddleware">Made once for every entry that uses it; asks for <c>IOptions&lt;TOptions&gt;</c>.</typeparam>
    /// <typeparam name="TOptions">
    /// Bound from the entry's <c>Options</c>: settable properties of strings, numbers, booleans, enums,
    /// <see cref="TimeSpan"/> (<c>"10s"</c>), <see cref="Configuration.ByteSize"/> (<c>"10MB"</c>), lists, dictionaries with
    /// string keys, and classes of those. An unknown key is an error.
    /// </typeparam>
    /// <typeparam name="TValidator">
    /// Checks the bound options. A failure written as <c>"Property: what is wrong"</c> (or <c>"Outer:Inner: …"</c>) is
    /// reported with the line of that property.
    /// </typeparam>
    /// <param name="name">Letters, digits, <c>.</c>, <c>-</c> and <c>_</c>; unique among all loaded plugins, ignoring case.</param>
    /// <exception cref="ArgumentException">The name is malformed or was registered before.</exception>
    IPluginBuilder AddMiddleware<TMiddleware, TOptions, TValidator>(string name)
        where TMiddleware : class, IMiddleware
        where TOptions : class, new()
        where TValidator : class, IValidateOptions<TOptions>, new();
}
