using System.Runtime.CompilerServices;
using Microsoft.Extensions.Configuration;
using Webserv.Host.Plugins;
using Webserv.Host.Plugins.Documentation;

namespace Webserv.Host.Tests.Plugins;

public sealed class PluginUnloadTests : IDisposable
{
    private readonly PluginSandbox _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    [Theory]
    [InlineData("Good", "Plain")]
    [InlineData("Good", "Greeter")]
    [InlineData("Good", "Fussy")]
    [InlineData("DependsOnOldJson", "DependsOnOldJson")]
    public async Task DisposeAsync_MiddlewareMadeAndDropped_LoadContextIsCollected(string plugin, string middleware)
    {
        _sandbox.Install(plugin);
        var context = await LoadUseAndDisposeAsync(middleware);

        // Off the stack of what has just unloaded it.
        await Task.Yield();
        Assert.True(IsCollected(context));
    }

    [Theory]
    [InlineData("Good")]
    [InlineData("DependsOnOldJson")]
    public async Task DisposeAsync_Described_LoadContextIsCollected(string plugin)
    {
        _sandbox.Install(plugin);
        var (context, reference) = await LoadDescribeAndDisposeAsync();
        await Task.Yield();
        Assert.True(IsCollected(context));
        Assert.Equal(plugin, reference.Id);
        Assert.NotEmpty(reference.Middleware);
    }

    [Theory]
    [InlineData("ThrowsInConfigure")]
    [InlineData("ThrowsInConstructor")]
    [InlineData("ThrowsInInitializer")]
    [InlineData("NotAnEntryPoint")]
    [InlineData("MissingDependency")]
    public async Task LoadAsync_FailedPlugin_NothingOfItStaysInMemory(string plugin)
    {
        _sandbox.Install(plugin);
        await using var catalog = await _sandbox.LoadAsync();
        Assert.Equal([plugin], catalog.FailedPlugins);
        await Task.Yield();
        Assert.True(IsGone(() => !IsLoaded()));
    }

    [Fact]
    public async Task DisposeAsync_Leased_IsUnloadedWhenTheLastLeaseEnds()
    {
        _sandbox.Install("Good");
        var catalog = await _sandbox.LoadAsync();
        var plugin = catalog.Plugins[0];
        Assert.True(IsLoaded());
        var first = plugin.Acquire();
        var second = plugin.Acquire();

        await catalog.DisposeAsync();
        await first.DisposeAsync();
        await first.DisposeAsync();
        Assert.False(plugin.Unloaded.IsCompleted);
        Assert.NotEmpty(plugin.Middleware);

        await second.DisposeAsync();
        Assert.True(plugin.Unloaded.IsCompletedSuccessfully);
        Assert.Empty(plugin.Middleware);
        Assert.Throws<ObjectDisposedException>(plugin.Acquire);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private async Task<WeakReference> LoadUseAndDisposeAsync(string middleware)
    {
        await using var catalog = await _sandbox.LoadAsync();
        Use(catalog, middleware);
        return catalog.Plugins[0].LoadContext;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private async Task<(WeakReference Context, PluginReference Reference)> LoadDescribeAndDisposeAsync()
    {
        await using var catalog = await _sandbox.LoadAsync();
        return (catalog.Plugins[0].LoadContext, PluginReference.Of(catalog.Plugins[0], TextStyle.Plain));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Use(PluginCatalog catalog, string middleware)
    {
        var options = new ConfigurationBuilder()
            .AddInMemoryCollection([new("Options:Greeting", "Ahoy"), new("Options:Times", "2"), new("Options:Tone", "Loud")])
            .Build()
            .GetSection("Options");

        // Often enough that a container that compiles its call sites after a while does so.
        for (var time = 0; time < 10; time++)
        {
            catalog.Find(middleware)!.Create(new TestEntry(), middleware == "Greeter" ? options : null, new ErrorList());
        }
    }

    /// <summary>An assembly is listed for as long as it is in memory, unlike its context.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool IsLoaded() => AppDomain.CurrentDomain.GetAssemblies()
        .Any(assembly => !assembly.IsDynamic && assembly.Location.StartsWith(_sandbox.Root, StringComparison.Ordinal));

    private static bool IsCollected(WeakReference reference) => IsGone(() => !reference.IsAlive);

    /// <summary>A load context takes several collections to go: its finalizers run in between.</summary>
    private static bool IsGone(Func<bool> condition)
    {
        for (var time = 0; time < 50 && !condition(); time++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        return condition();
    }
}
