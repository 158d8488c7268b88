using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using System.Text;
using Webserv.Abstractions.Pipeline;
using Webserv.Abstractions.Plugins;
using Webserv.Testing.Logging;

namespace Webserv.Testing.Plugins;

/// <summary>Checks that a plugin leaves memory when it is replaced.</summary>
public static class PluginUnload
{
    // A context needs more than one collection, since finalizers run in between; what has just ended on another thread needs a moment.
    private const int Attempts = 15;
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(60);

    /// <summary>
    /// Loads a plugin once more, apart from the test, lets it work, disposes and unloads it, and waits until it is gone from memory.
    /// </summary>
    /// <typeparam name="TPlugin">The plugin; it is loaded from the file of its assembly, with what lies beside it.</typeparam>
    /// <param name="work">
    /// Uses it: adds entries by name (<see cref="PluginHost.UseAsync(string, IReadOnlyDictionary{string, object?}, IPipelineEntry?, CancellationToken)"/>)
    /// and sends requests. Types of the plugin that the test knows are others than those of the plugin in there.
    /// </param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="PluginStaysException">It is not gone.</exception>
    public static Task AssertUnloadsAsync<TPlugin>(Func<PluginHost, Task> work, CancellationToken cancellation = default)
        where TPlugin : IPlugin =>
        AssertUnloadsAsync(typeof(TPlugin).Assembly.Location, work, cancellation);

    /// <summary>Checks the plugin of a file, otherwise like <see cref="AssertUnloadsAsync{TPlugin}(Func{PluginHost, Task}, CancellationToken)"/>.</summary>
    /// <param name="file">Its assembly, in the folder that <c>dotnet publish</c> made.</param>
    /// <param name="work">Uses it.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="ArgumentException">The assembly is no plugin.</exception>
    /// <exception cref="PluginStaysException">It is not gone.</exception>
    public static async Task AssertUnloadsAsync(string file, Func<PluginHost, Task> work, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(file);
        ArgumentNullException.ThrowIfNull(work);
        var traces = new List<(string Name, WeakReference Trace)>();
        var context = await RunAsync(Path.GetFullPath(file), work, traces, cancellation).ConfigureAwait(false);

        // From here on on another stack: that of the run may still have what it had in its frames.
        await Task.Yield();
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            if (!context.IsAlive)
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(10 * attempt, LongestPause.TotalMilliseconds)), cancellation).ConfigureAwait(false);
        }

        throw new PluginStaysException(Describe(Path.GetFileNameWithoutExtension(file), context, traces));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<WeakReference> RunAsync(
        string file, Func<PluginHost, Task> work, List<(string Name, WeakReference Trace)> traces, CancellationToken cancellation)
    {
        var context = new PluginLoadContext(file);
        try
        {
            var assembly = context.LoadFromAssemblyPath(file);
            var type = assembly.GetCustomAttribute<WebservPluginAttribute>()?.PluginType
                ?? throw new ArgumentException($"{file} is no plugin: it has no {nameof(WebservPluginAttribute)}.", nameof(file));
            var plugin = (IPlugin)Activator.CreateInstance(type)!;
            var host = await PluginHost.CreateAsync(plugin, Path.GetDirectoryName(file)!, new TestLog(), null, null, cancellation).ConfigureAwait(false);
            await using (host.ConfigureAwait(false))
            {
                try
                {
                    await work(host).ConfigureAwait(false);
                }
                finally
                {
                    traces.Add(("the plugin " + type, new WeakReference(plugin)));
                    traces.AddRange(host.Pipeline.Select(middleware => ("the middleware " + middleware.GetType(), new WeakReference(middleware))));
                }
            }
        }
        finally
        {
            context.Unload();
        }

        return new WeakReference(context);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static string Describe(string plugin, WeakReference context, List<(string Name, WeakReference Trace)> traces)
    {
        var text = new StringBuilder($"{plugin} was unloaded and is still in memory after {Attempts} collections.");
        var paths = context.Target is AssemblyLoadContext alive ? ReferencePaths.Find(alive) : [];
        foreach (var path in paths)
        {
            text.Append("\n  held by ").Append(path);
        }

        foreach (var (name, trace) in traces)
        {
            if (trace.IsAlive)
            {
                text.Append("\n  still alive: ").Append(name);
            }
        }

        if (paths.Count == 0)
        {
            text.Append("\n  no event, timer or cache of the runtime refers to it: look for a thread or a task of its own that has not ended,")
                .Append(" a static field outside of it, and what the test itself has kept of it.");
        }

        return text.ToString();
    }
}
