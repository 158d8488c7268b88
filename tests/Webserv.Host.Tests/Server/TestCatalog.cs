using Microsoft.Extensions.Configuration;
using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;
using Webserv.Host.Configuration;
using Webserv.Host.Plugins;

namespace Webserv.Host.Tests.Server;

/// <summary>A catalogue of middleware that are delegates.</summary>
internal sealed class TestCatalog : IMiddlewareCatalog
{
    private readonly Dictionary<string, IMiddlewareRegistration> _registrations = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, PluginUsage> _usages = [];

    public IReadOnlyList<string> Names => [.. _registrations.Keys.Order(StringComparer.Ordinal)];

    public IReadOnlyList<string> FailedPlugins { get; set; } = [];

    /// <summary>The clock of budgets.</summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>The names of middleware that were disposed, in order.</summary>
    public List<string> Disposed { get; } = [];

    public IMiddlewareRegistration? Find(string name) => _registrations.GetValueOrDefault(name);

    /// <summary>The requests inside a plugin.</summary>
    public PluginUsage UsageOf(string plugin) => _usages.TryGetValue(plugin, out var usage) ? usage : _usages[plugin] = new PluginUsage(Time);

    /// <summary>Adds a middleware that learns its entry.</summary>
    public void Add(
        string name,
        bool inline,
        Func<IPipelineEntry, Func<IHttpContext, RequestDelegate, CancellationToken, Task>> create,
        bool releasesContext = false,
        string plugin = "Test") =>
        _registrations.Add(name, new Registration(this, name, plugin, inline, releasesContext, create));

    private sealed record Registration(
        TestCatalog Catalog,
        string Name,
        string PluginId,
        bool IsNonBlocking,
        bool ReleasesContext,
        Func<IPipelineEntry, Func<IHttpContext, RequestDelegate, CancellationToken, Task>> New)
        : IMiddlewareRegistration
    {
        // As those that promise the rest do.
        public bool AnswersAtOnce => ReleasesContext;

        public string? PluginHash => PluginId + "-hash";

        public PluginUsage Usage => Catalog.UsageOf(PluginId);

        public IAsyncDisposable HoldPlugin() => Nothing.ToDispose;

        public Type MiddlewareType => typeof(TestMiddleware);

        public Type? OptionsType => null;

        public IMiddleware Create(IPipelineEntry entry, IConfigurationSection? options, IConfigurationErrors errors) =>
            new TestMiddleware(New(entry), () => Catalog.Disposed.Add(Name));
    }

    private sealed class Nothing : IAsyncDisposable
    {
        public static readonly Nothing ToDispose = new();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
