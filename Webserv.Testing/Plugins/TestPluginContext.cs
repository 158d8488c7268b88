using System.Reflection;
using Microsoft.Extensions.Logging;
using Webserv.Abstractions.Plugins;

namespace Webserv.Testing.Plugins;

/// <summary>What a plugin in a <see cref="PluginHost"/> knows about itself.</summary>
internal sealed class TestPluginContext(Assembly assembly, string directory, ILoggerFactory loggerFactory, TimeProvider timeProvider) : IPluginContext
{
    public string Id { get; } =
        assembly.GetCustomAttribute<WebservPluginAttribute>()?.Id ?? assembly.GetName().Name ?? "Test";

    public Version Version { get; } = assembly.GetName().Version ?? new Version(0, 0);

    public string Directory { get; } = directory;

    public string ConfigurationDirectory { get; } = System.IO.Directory.GetCurrentDirectory();

    public ILoggerFactory LoggerFactory { get; } = loggerFactory;

    public TimeProvider TimeProvider { get; } = timeProvider;
}
