using Webserv.Abstractions.Plugins;

namespace Webserv.TestPlugins.Good;

/// <summary>A service of the plugin, which counts what happened to it.</summary>
internal sealed class Counter : IAsyncInitializer
{
    /// <summary>How often it was initialised.</summary>
    public int Initialised { get; private set; }

    public Task InitializeAsync(CancellationToken cancellation)
    {
        Initialised++;
        return Task.CompletedTask;
    }
}
