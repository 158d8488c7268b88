using System.Reflection;
using System.Runtime.Loader;
using McMaster.NETCore.Plugins.Loader;
using Webserv.Abstractions.Plugins;

namespace Webserv.Host.Plugins;

/// <summary>
/// The load context of one plugin; the only user of the library that makes it. Contract assemblies are shared with the
/// host by name, together with what they themselves reference; the rest comes from the plugin's directory and, failing
/// that, from the host.
/// </summary>
internal sealed class PluginAssemblyLoader : IDisposable
{
    private readonly string _file;
    private readonly AssemblyLoadContext _context;

    /// <summary>Makes the context; nothing is loaded yet.</summary>
    /// <param name="file">The plugin's assembly in its private copy.</param>
    /// <param name="plugin">What the plugin is called where its code is named.</param>
    public PluginAssemblyLoader(string file, string plugin)
    {
        _file = file;

        // PluginLoader would do the same, and read the .runtimeconfig.json of the program and of every plugin as well, for
        // directories of packages on a developer's machine: what a plugin needs lies beside it, and that took a tenth of the start.
        var builder = new AssemblyLoadContextBuilder()
            .SetMainAssemblyPath(file)
            .SetDefaultContext(AssemblyLoadContext.Default)
            .EnableUnloading()
            .PreferDefaultLoadContext(false)

            // Lazily the set of shared assemblies would grow with what happens to be loaded first.
            .IsLazyLoaded(false);
        foreach (var name in ContractAssemblies.Names)
        {
            builder.PreferDefaultLoadContextAssembly(name);
        }

        _context = builder.Build();
        PluginOrigin.Register(_context, plugin);
        LoadContext = new WeakReference(_context);
    }

    /// <summary>Tells whether the context is still in memory.</summary>
    public WeakReference LoadContext { get; }

    /// <summary>Loads the assembly and makes its entry point.</summary>
    /// <param name="entryType">The full name of the entry point.</param>
    /// <exception cref="PluginException">The entry point is not there or is not usable.</exception>
    public IPlugin CreatePlugin(string entryType)
    {
        var type = _context.LoadFromAssemblyPath(_file).GetType(entryType)
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
    public void Dispose() => _context.Unload();
}
