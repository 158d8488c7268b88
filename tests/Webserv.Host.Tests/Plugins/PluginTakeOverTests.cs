using Microsoft.Extensions.Logging;
using Webserv.Host.Configuration;
using Webserv.Host.Plugins;

namespace Webserv.Host.Tests.Plugins;

/// <summary>What a reload takes over of the plugins that are loaded.</summary>
public sealed class PluginTakeOverTests : IDisposable
{
    private readonly PluginSandbox _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    [Fact]
    public async Task LoadAsync_SameFiles_TakesThePluginOver()
    {
        _sandbox.Install("Good");
        var first = await LoadAsync(null);
        var plugin = Assert.Single(first.Plugins);
        var second = await LoadAsync(first);
        Assert.Same(plugin, Assert.Single(second.Plugins));
        Assert.Same(first.Find("Plain"), second.Find("Plain"));

        await first.DisposeAsync();
        Assert.False(plugin.Unloaded.IsCompleted);
        await second.DisposeAsync();
        Assert.True(plugin.Unloaded.IsCompleted);
    }

    [Fact]
    public async Task LoadAsync_ChangedFiles_LoadsAnotherAndKeepsTheFirstUntilItIsLetGo()
    {
        var file = _sandbox.Install("Good");
        var first = await LoadAsync(null);
        var plugin = Assert.Single(first.Plugins);
        await File.WriteAllTextAsync(Path.Combine(Path.GetDirectoryName(file)!, "note.txt"), "another version", TestContext.Current.CancellationToken);
        await using var second = await LoadAsync(first);
        Assert.NotSame(plugin, Assert.Single(second.Plugins));
        Assert.NotSame(first.Find("Plain"), second.Find("Plain"));
        Assert.DoesNotContain(_sandbox.Log.At(LogLevel.Information), message => message.Contains("is replaced by", StringComparison.Ordinal));
        second.TakeIntoService();
        Assert.Contains(_sandbox.Log.At(LogLevel.Information), message => message.StartsWith("Plugin Good 0.1.0.0 is replaced by 0.1.0.0", StringComparison.Ordinal));

        Assert.False(plugin.Unloaded.IsCompleted);
        await first.DisposeAsync();
        Assert.True(plugin.Unloaded.IsCompleted);
    }

    [Fact]
    public async Task LoadAsync_ChangedFilesAreBroken_TheFirstGoesOn()
    {
        var file = _sandbox.Install("Good");
        var first = await LoadAsync(null);
        var plugin = Assert.Single(first.Plugins);
        await File.WriteAllBytesAsync(file, "half of it"u8.ToArray(), TestContext.Current.CancellationToken);
        var second = await LoadAsync(first);
        await first.DisposeAsync();

        Assert.Same(plugin, Assert.Single(second.Plugins));
        Assert.NotNull(second.Find("Plain"));
        Assert.Empty(second.FailedPlugins);
        var description = Assert.Single(second.Descriptions);
        Assert.Equal((PluginState.Kept, plugin.Description.Hash), (description.State, description.Hash));
        Assert.NotNull(description.Error);
        Assert.StartsWith($"Plugin Good ({file}) is not loaded: it ", Assert.Single(_sandbox.Log.At(LogLevel.Error)), StringComparison.Ordinal);
        Assert.Contains("Plugin Good 0.1.0.0, which was loaded before, goes on in its place", _sandbox.Log.At(LogLevel.Warning));

        // Mended: the next one is loaded anew.
        _sandbox.Install("Good");
        await File.WriteAllTextAsync(Path.Combine(Path.GetDirectoryName(file)!, "note.txt"), "", TestContext.Current.CancellationToken);
        await using var third = await LoadAsync(second);
        await second.DisposeAsync();
        Assert.NotSame(plugin, Assert.Single(third.Plugins));
        Assert.Equal(PluginState.Loaded, Assert.Single(third.Descriptions).State);
        Assert.True(plugin.Unloaded.IsCompleted);
    }

    [Fact]
    public async Task LoadAsync_Removed_IsGone()
    {
        var file = _sandbox.Install("Good");
        var first = await LoadAsync(null);
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
        await using var second = await LoadAsync(first);
        Assert.Empty(second.Descriptions);
        Assert.Null(second.Find("Plain"));
        Assert.NotNull(first.Find("Plain"));
        await first.DisposeAsync();
    }

    [Fact]
    public async Task LoadAsync_MovedToAnotherFile_IsLoadedFromThere()
    {
        var file = _sandbox.Install("Good");
        var first = await LoadAsync(null);
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
        var other = _sandbox.InstallFile("Good");
        await using var second = await LoadAsync(first);
        Assert.Equal(other, Assert.Single(second.Descriptions).File);
        Assert.NotSame(first.Find("Plain"), second.Find("Plain"));
        await first.DisposeAsync();
    }

    [Fact]
    public async Task LoadAsync_BrokenBuildInADirectoryThatGoesBefore_TheFirstGoesOn()
    {
        var file = _sandbox.Install("Good");
        var more = Path.Combine(_sandbox.Root, "more");
        var first = await LoadAsync(null, more);
        var plugin = Assert.Single(first.Plugins);
        var broken = _sandbox.Install("Good", more);
        await File.WriteAllBytesAsync(broken, "half of it"u8.ToArray(), TestContext.Current.CancellationToken);
        var second = await LoadAsync(first, more);
        await first.DisposeAsync();

        // And again, and when what it was loaded from is gone.
        var third = await LoadAsync(second, more);
        await second.DisposeAsync();
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
        var fourth = await LoadAsync(third, more);
        await third.DisposeAsync();
        Assert.Same(plugin, Assert.Single(fourth.Plugins));
        Assert.NotNull(fourth.Find("Plain"));
        Assert.Empty(fourth.FailedPlugins);
        var description = Assert.Single(fourth.Descriptions);
        Assert.Equal((PluginState.Kept, broken, plugin.Description.Hash), (description.State, description.File, description.Hash));
        Assert.Equal(3, _sandbox.Log.At(LogLevel.Warning).Count(message => message.EndsWith("goes on in its place", StringComparison.Ordinal)));

        // Mended, it is loaded from there, though its files are the same.
        _sandbox.Install("Good", more);
        await using var fifth = await LoadAsync(fourth, more);
        await fourth.DisposeAsync();
        Assert.NotSame(plugin, Assert.Single(fifth.Plugins));
        Assert.Equal((PluginState.Loaded, broken), (Assert.Single(fifth.Descriptions).State, fifth.Descriptions[0].File));
    }

    private Task<PluginCatalog> LoadAsync(PluginCatalog? previous, string directory) => PluginCatalog.LoadAsync(
        new PluginsOptions { Directories = [directory] }, _sandbox.Host, _sandbox.Settings, previous, TestContext.Current.CancellationToken);

    private Task<PluginCatalog> LoadAsync(PluginCatalog? previous) =>
        PluginCatalog.LoadAsync(new PluginsOptions(), _sandbox.Host, _sandbox.Settings, previous, TestContext.Current.CancellationToken);
}
