using Microsoft.Extensions.Logging;
using Webserv.Host.Configuration;
using Webserv.Host.Plugins;
using Webserv.Host.Plugins.Versions;
using Webserv.Host.Server;
using Webserv.Host.Tests.Server;

namespace Webserv.Host.Tests.Plugins;

/// <summary>Versions that are kept and come back.</summary>
public sealed class PluginRollbackTests : IDisposable
{
    private readonly PluginSandbox _sandbox = new();
    private readonly string _file;
    private PluginCatalog? _catalog;

    public PluginRollbackTests() => _file = _sandbox.Install("Good");

    private string Hash => Assert.Single(_catalog!.Plugins).Description.Hash!;

    private PluginState State => Assert.Single(_catalog!.Descriptions).State;

    public void Dispose() => _sandbox.Dispose();

    [Fact]
    public async Task RollBack_VersionBefore_ComesBackAndStaysUntilOtherFilesCome()
    {
        var first = await PutAsync("1");
        var second = await PutAsync("2");
        Assert.Equal((0, ""), await RollBackAsync());
        await ReloadAsync();
        Assert.Equal((first, PluginState.RolledBack), (Hash, State));
        Assert.NotNull(_catalog!.Find("Plain"));
        var plugin = Assert.Single(_catalog.Plugins);

        // Nothing changes with a reload, nor with a restart.
        await ReloadAsync();
        Assert.Same(plugin, Assert.Single(_catalog.Plugins));
        Assert.Equal(PluginState.RolledBack, State);
        await RestartAsync();
        Assert.Equal((first, PluginState.RolledBack), (Hash, State));

        // Other files win, and those that were rolled back from do not when they come again.
        var third = await PutAsync("3");
        Assert.Equal((third, PluginState.Loaded), (Hash, State));
        Assert.Equal(first, await PutAsync("2"));
        Assert.Equal(PluginState.RolledBack, State);
        Assert.DoesNotContain(_sandbox.Log.Entries, entry => entry.Level >= LogLevel.Error);
        Assert.Equal(3, new[] { first, second, third }.Distinct().Count());
        await _catalog.DisposeAsync();
    }

    [Fact]
    public async Task RollBack_AgainAndToAHash_GoesFurtherBackAndForth()
    {
        var first = await PutAsync("1");
        var second = await PutAsync("2");
        var third = await PutAsync("3");
        await RollBackAsync();
        await ReloadAsync();
        Assert.Equal(second, Hash);
        await RollBackAsync();
        await ReloadAsync();
        Assert.Equal(first, Hash);
        var (status, errors) = await RollBackAsync();
        Assert.Equal(1, status);
        Assert.Contains("no version that served before is kept", errors, StringComparison.Ordinal);

        Assert.Equal((0, ""), await RollBackAsync(second[..8]));
        await ReloadAsync();
        Assert.Equal((second, PluginState.RolledBack), (Hash, State));

        // To the files themselves: that undoes it.
        Assert.Equal((0, ""), await RollBackAsync(third));
        Assert.False(File.Exists(_file + ".rollback"));
        await ReloadAsync();
        Assert.Equal((third, PluginState.Loaded), (Hash, State));
        Assert.Equal(1, (await RollBackAsync("abc")).Status);
        await _catalog!.DisposeAsync();
    }

    [Fact]
    public async Task RollBack_VersionThatIsGone_TheOneThatServesGoesOnAndARestartSaysWhatToDo()
    {
        await PutAsync("1");
        var second = await PutAsync("2");
        await RollBackAsync();
        Directory.Delete(Path.Combine(_sandbox.Root, "cache", "Good", RollbackFile.Read(PluginCandidate.At(_file)!)!.To), recursive: true);
        await ReloadAsync();
        Assert.Equal((second, PluginState.Kept), (Hash, State));
        await RestartAsync();
        var description = Assert.Single(_catalog!.Descriptions);
        Assert.Equal(PluginState.Failed, description.State);
        Assert.EndsWith($"delete {_file}.rollback to load the files beside it, or put others there", description.Error, StringComparison.Ordinal);
        await _catalog.DisposeAsync();
    }

    [Fact]
    public async Task LoadAsync_MalformedRollbackFile_IsNamed()
    {
        await File.WriteAllTextAsync(_file + ".rollback", "to yesterday\n", TestContext.Current.CancellationToken);
        await ReloadAsync();
        Assert.Contains($"{_file}.rollback that is malformed", Assert.Single(_catalog!.Descriptions).Error, StringComparison.Ordinal);
        await _catalog.DisposeAsync();
    }

    [Fact]
    public async Task LoadAsync_ManyVersions_AsManyAreKeptAsConfigured()
    {
        for (var version = 0; version < 6; version++)
        {
            await PutAsync($"{version}");
        }

        Assert.Equal(3, Versions().Count);
        Assert.Equal(Hash, Versions()[0].Hash);

        // Of those that take too much only the newest stays, and the next prune finds the rest out of use.
        await ReloadAsync(new PluginsOptions { KeptSize = 10 });
        Assert.Equal(Hash, Assert.Single(Versions()).Hash);
        await _catalog!.DisposeAsync();
    }

    [Fact]
    public async Task LoadAsync_VersionThatDoesNotLoad_TakesNoPlaceOfOneThatServed()
    {
        var first = await PutAsync("1");
        for (var broken = 0; broken < 5; broken++)
        {
            _sandbox.Install("ThrowsInConfigure");
            await File.WriteAllTextAsync(Path.Combine(_sandbox.PluginsDirectory, "ThrowsInConfigure", "version.txt"), $"{broken}", TestContext.Current.CancellationToken);
            await ReloadAsync();
        }

        Assert.Empty(KeptVersion.Find(Path.Combine(_sandbox.Root, "cache"), "ThrowsInConfigure"));
        Assert.Equal(first, Assert.Single(Versions()).Hash);
        await _catalog!.DisposeAsync();
    }

    [Fact]
    public async Task Failing_BuildWithOneBefore_GivesWayToItUntilOtherFilesCome()
    {
        var first = await PutAsync("1");
        var second = await PutAsync("2");
        var reloads = 0;
        _sandbox.Settings.Failing.Attach(() => reloads++);
        _sandbox.Settings.Failing.Add("Good", second);
        _sandbox.Settings.Failing.Add("Good", second);
        Assert.Equal(1, reloads);
        await ReloadAsync();
        Assert.Equal((first, PluginState.RolledBack), (Hash, State));
        Assert.Contains(_sandbox.Log.At(LogLevel.Error), message => message.Contains($"version 0.1.0.0 ({first}), which served before, comes back", StringComparison.Ordinal));

        // That one fails as well, and there is none before it.
        _sandbox.Settings.Failing.Add("Good", first);
        await ReloadAsync();
        Assert.Contains(_sandbox.Log.At(LogLevel.Error), message => message.EndsWith("no version that served before is kept", StringComparison.Ordinal));
        Assert.NotNull(_catalog!.Find("Plain"));
        var third = await PutAsync("3");
        Assert.Equal((third, PluginState.Loaded), (Hash, State));
        await _catalog.DisposeAsync();
    }

    [Fact]
    public async Task Failing_VersionBeforeDoesNotLoad_TheOneBeforeThatComesBack()
    {
        var first = await PutAsync("1");
        var second = await PutAsync("2");
        var third = await PutAsync("3");
        await File.WriteAllTextAsync(Path.Combine(_sandbox.Root, "cache", "Good", second, "version.txt"), "damaged", TestContext.Current.CancellationToken);
        _sandbox.Settings.Failing.Add("Good", third);
        await ReloadAsync();
        Assert.Equal((first, PluginState.RolledBack), (Hash, State));
        Assert.Single(_sandbox.Log.At(LogLevel.Error), message => message.Contains(second, StringComparison.Ordinal) && message.Contains("is not loaded", StringComparison.Ordinal));

        // It is not tried again.
        await ReloadAsync();
        Assert.Equal((first, PluginState.RolledBack), (Hash, State));
        Assert.Single(_sandbox.Log.At(LogLevel.Error), message => message.Contains("is not loaded", StringComparison.Ordinal));
        await _catalog!.DisposeAsync();
    }

    private IReadOnlyList<KeptVersion> Versions() => KeptVersion.Find(Path.Combine(_sandbox.Root, "cache"), "Good");

    /// <summary>Another version: any file of its folder is part of a plugin.</summary>
    /// <returns>The hash of what is loaded then.</returns>
    private async Task<string> PutAsync(string version)
    {
        await File.WriteAllTextAsync(Path.Combine(Path.GetDirectoryName(_file)!, "version.txt"), version, TestContext.Current.CancellationToken);
        await ReloadAsync();
        return Hash;
    }

    private async Task ReloadAsync(PluginsOptions? options = null)
    {
        var previous = _catalog;
        _catalog = await PluginCatalog.LoadAsync(
            options ?? new PluginsOptions(), _sandbox.Host, _sandbox.Settings, previous, TestContext.Current.CancellationToken);
        _catalog.TakeIntoService();
        if (previous is not null)
        {
            await previous.DisposeAsync();
        }
    }

    private async Task RestartAsync()
    {
        await _catalog!.DisposeAsync();
        _catalog = null;
        await ReloadAsync();
    }

    private async Task<(int Status, string Errors)> RollBackAsync(string? hash = null)
    {
        await using var output = new StringWriter();
        await using var errors = new StringWriter();
        var versions = await PluginVersions.FindAsync(new ServerSetup(inline: true).Build(), _sandbox.Settings, "good", errors);
        Assert.NotNull(versions);
        Assert.Equal(0, await versions.ListAsync(output, errors));
        return (await versions.RollBackAsync(hash, output, errors), errors.ToString());
    }
}
