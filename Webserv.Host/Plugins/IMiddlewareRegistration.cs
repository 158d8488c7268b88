using Microsoft.Extensions.Configuration;
using Webserv.Abstractions.Pipeline;
using Webserv.Host.Configuration;

namespace Webserv.Host.Plugins;

/// <summary>A middleware that a plugin registered.</summary>
internal interface IMiddlewareRegistration
{
    /// <summary>The name it was registered under.</summary>
    string Name { get; }

    /// <summary>The plugin that registered it.</summary>
    string PluginId { get; }

    /// <summary>Whether it is marked with <see cref="NonBlockingAttribute"/>.</summary>
    bool IsNonBlocking { get; }

    /// <summary>Whether it promises so: <see cref="NonBlockingAttribute.AnswersAtOnce"/>.</summary>
    bool AnswersAtOnce { get; }

    /// <summary>Whether it promises so: <see cref="NonBlockingAttribute.ReleasesContext"/>.</summary>
    bool ReleasesContext { get; }

    /// <summary>The hash of the plugin's files; <see langword="null"/> where it is unloaded.</summary>
    string? PluginHash { get; }

    /// <summary>The requests inside its plugin.</summary>
    PluginUsage Usage { get; }

    /// <summary>Keeps its plugin loaded until what is returned is disposed.</summary>
    IAsyncDisposable HoldPlugin();

    /// <summary>Its class. A type of the plugin keeps it in memory: let go of it before the plugin is unloaded.</summary>
    Type MiddlewareType { get; }

    /// <summary>The class of its options, with a parameterless constructor that sets the defaults; <see langword="null"/> where it has none.</summary>
    Type? OptionsType { get; }

    /// <summary>
    /// Binds and validates the options and makes the instance for one entry. Nothing is thrown: what is wrong (unknown
    /// option, wrong type, failed validation, exception of a constructor) is added to <paramref name="errors"/> with the
    /// path of the option and answered with <see langword="null"/>. Whoever gets the instance awaits its
    /// <c>IAsyncInitializer</c> and disposes it.
    /// </summary>
    IMiddleware? Create(IPipelineEntry entry, IConfigurationSection? options, IConfigurationErrors errors);
}
