using System.Reflection;
using McMaster.NETCore.Plugins;
using Webserv.Abstractions.Plugins;

namespace Webserv.Host.Plugins;

/// <summary>
/// The load context of one plugin; the only user of the library that makes it. Contract assemblies are shared with the
/// host by name, together with what they themselves reference; the rest comes from the plugin's directory and, failing
/// that, from the host.
/// </summary>
internal sealed class PluginAssemblyLoader : IDisposable
{
    private readonly PluginLoader _loader;

    /// <summary>Makes the context; nothing is loaded yet.</summary>
    /// <param name="file">The plugin's assembly in its private copy.</param>
    /// <param name="plugin">What the plugin is called where its code is named.</param>
    public PluginAssemblyLoader(string file, string plugin)
    {
        _loader = PluginLoader.CreateFromAssemblyFile(file, config =>
        {
            config.IsUnloadable = true;
            config.PreferSharedTypes = false;

            // Lazily the set of shared assemblies would grow with what happens to be loaded first.
            config.IsLazyLoaded = false;
            foreach (var name in ContractAssemblies.Names)
            {
                config.SharedAssemblies.Add(name);
            }
        });
        PluginOrigin.Register(_loader.LoadContext, plugin);
        LoadContext = new WeakReference(_loader.LoadContext);
    }

    /// <summary>Tells whether the context is still in memory.</summary>
    public WeakReference LoadContext { get; }

    /// <summary>Loads the assembly and makes its entry point.</summary>
    /// <param name="entryType">The full name of the entry point.</param>
    /// <exception cref="PluginException">The entry point is not there or is not usable.</exception>
    public IPlugin CreatePlugin(string entryType)
    {
        var type = _loader.LoadDefaultAssembly().GetType(entryType)
            ?? throw new PluginException($"names {entryType} as its entry point, which it does not contain");
        if (!typeof(IPlugin).IsAssignableFrom(type))
        {
            throw new PluginException($"names {entryType} as its entry point, which does not implement {nameof(IPlugin)}");
        }

        if (type.IsAbstract || type.ContainsGenericParameters || type.GetConstructor(BindingFlags.Public | BindingFlags.Instance, []) is not { } constructor)
        {
            throw new PluginException($"names {entryType} as its entry point, which has no public parameterless constructor or is abstract");
        }

        return (IPlugin)constructor.Invoke(null);
    }

    /// <summary>Begins to unload: the context goes when nothing refers to it any more.</summary>
    public void Dispose() => _loader.Dispose();
}
