using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace Webserv.Host.Plugins;

/// <summary>Tells which plugin code belongs to. It keeps no plugin in memory.</summary>
internal static class PluginOrigin
{
    private const int DeepestCause = 10;

    private static readonly ConditionalWeakTable<AssemblyLoadContext, string> Names = [];

    /// <summary>What is loaded into a context belongs to a plugin from now on.</summary>
    public static void Register(AssemblyLoadContext context, string plugin) => Names.AddOrUpdate(context, plugin);

    /// <summary>The plugin whose code an assembly is; <see langword="null"/> for that of the server and the runtime.</summary>
    public static string? Of(Assembly? assembly) =>
        assembly is not null && AssemblyLoadContext.GetLoadContext(assembly) is { } context && Names.TryGetValue(context, out var name) ? name : null;

    /// <summary>The plugin nearest to where an exception, or what led to it, was thrown; <see langword="null"/> where none had part in it.</summary>
    public static string? Of(Exception? exception)
    {
        for (var depth = 0; exception is not null && depth < DeepestCause; depth++)
        {
            foreach (var frame in new StackTrace(exception, fNeedFileInfo: false).GetFrames())
            {
                if (Of(frame.GetMethod()?.DeclaringType?.Assembly) is { } name)
                {
                    return name;
                }
            }

            if (Of(exception.GetType().Assembly) is { } thrower)
            {
                return thrower;
            }

            exception = exception.InnerException;
        }

        return null;
    }
}
