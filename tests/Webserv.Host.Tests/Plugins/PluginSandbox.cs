using Microsoft.Extensions.Logging;
using Moq;
using Webserv.Abstractions.Files;
using Webserv.Abstractions.IO;
using Webserv.Host.Configuration;
using Webserv.Host.Plugins;

namespace Webserv.Host.Tests.Plugins;

/// <summary>A program directory, a cache and a log of its own for each test.</summary>
internal sealed class PluginSandbox : IDisposable
{
    private readonly ILoggerFactory _loggers;

    public PluginSandbox()
    {
        Directory.CreateDirectory(PluginsDirectory);
        _loggers = LoggerFactory.Create(builder => builder.SetMinimumLevel(LogLevel.Debug).AddProvider(Log));
        Host = new PluginHostServices(Root, _loggers, TimeProvider.System, Mock.Of<IOpenFileCache>(), Mock.Of<IPipeStreams>());
        Settings = new PluginCatalogSettings { ProgramDirectory = Root, CacheDirectory = Path.Combine(Root, "cache") };
    }

    public string Root { get; } = Directory.CreateTempSubdirectory("webserv-tests-").FullName;

    public string PluginsDirectory => Path.Combine(Root, "plugins");

    public CollectingLoggerProvider Log { get; } = new();

    public PluginHostServices Host { get; }

    public PluginCatalogSettings Settings { get; init; }

    public static string Fixture(string name) => Path.Combine(AppContext.BaseDirectory, "TestPlugins", name);

    /// <summary>Installs a fixture as <c>directory/Name/Name.dll</c>.</summary>
    public string Install(string name, string? directory = null)
    {
        var target = Directory.CreateDirectory(Path.Combine(directory ?? PluginsDirectory, name)).FullName;
        foreach (var file in Directory.EnumerateFiles(Fixture(name)))
        {
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)), overwrite: true);
        }

        return Path.Combine(target, name + ".dll");
    }

    /// <summary>Installs the assembly of a fixture as <c>plugins/Name.dll</c>.</summary>
    public string InstallFile(string name)
    {
        var target = Path.Combine(PluginsDirectory, name + ".dll");
        File.Copy(Path.Combine(Fixture(name), name + ".dll"), target);
        return target;
    }

    public Task<PluginCatalog> LoadAsync(params string[] directories) =>
        PluginCatalog.LoadAsync(new PluginsOptions { Directories = directories }, Host, Settings, cancellation: TestContext.Current.CancellationToken);

    public void Dispose()
    {
        _loggers.Dispose();
        Directory.Delete(Root, recursive: true);
    }
}
