using Microsoft.Extensions.Logging;
using Webserv.Host.Plugins;

namespace Webserv.Host.Tests.Plugins;

public sealed class PluginCatalogTests : IDisposable
{
    private readonly PluginSandbox _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    [Fact]
    public async Task LoadAsync_GoodPlugin_OffersItsMiddleware()
    {
        var file = _sandbox.Install("Good");
        await using var catalog = await _sandbox.LoadAsync();

        Assert.Equal(["Fussy", "Greeter", "Plain"], catalog.Names);
        Assert.Empty(catalog.FailedPlugins);
        var description = Assert.Single(catalog.Descriptions);
        Assert.Equal((PluginState.Loaded, "Good", file, 1, null), (description.State, description.Id, description.File, description.Abi, description.Error));
        Assert.Equal(["Plain", "Greeter", "Fussy"], description.Middleware);
        Assert.Equal(64, description.Hash!.Length);
        Assert.Equal(new Version(0, 1, 0, 0), description.Version);
        Assert.Empty(_sandbox.Log.At(LogLevel.Information));
        catalog.TakeIntoService();
        Assert.Contains(_sandbox.Log.At(LogLevel.Information), message => message.Contains("Plain, Greeter, Fussy", StringComparison.Ordinal));
    }

    [Fact]
    public async Task LoadAsync_SingleFile_IsLoaded()
    {
        _sandbox.InstallFile("Good");
        await using var catalog = await _sandbox.LoadAsync();
        Assert.Equal("Good", catalog.Find("PLAIN")!.PluginId);
    }

    [Theory]
    [InlineData("NewerAbi", "was built for ABI 99, and this server has ABI 1")]
    [InlineData("WrongId", "calls itself 'SomethingElse': the file must be named SomethingElse.dll")]
    [InlineData("ThrowsInConfigure", "threw InvalidOperationException: the moon is full")]
    [InlineData("ThrowsInConstructor", "threw NotSupportedException: no ink")]
    [InlineData("ThrowsInInitializer", "threw InvalidOperationException: the database is away")]
    [InlineData("NoAttribute", "is not marked as a plugin")]
    [InlineData("NotAnEntryPoint", "does not implement IPlugin")]
    [InlineData("MissingDependency", "needs the assembly Newtonsoft.Json, Version=13.0.0.0")]
    public async Task LoadAsync_BadPlugin_IsNamedAndTheOthersLoad(string name, string reason)
    {
        var file = _sandbox.Install(name);
        _sandbox.Install("Good");
        await using var catalog = await _sandbox.LoadAsync();

        Assert.NotNull(catalog.Find("Plain"));
        Assert.Equal([name], catalog.FailedPlugins);
        var description = Assert.Single(catalog.Descriptions, plugin => plugin.State == PluginState.Failed);
        Assert.Contains(reason, description.Error, StringComparison.Ordinal);
        var line = Assert.Single(_sandbox.Log.At(LogLevel.Error));
        Assert.StartsWith($"Plugin {name} ({file}) is not loaded: it ", line, StringComparison.Ordinal);
        Assert.Contains(reason, line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LoadAsync_HangingInitializer_IsGivenUpAfterItsTime()
    {
        using var sandbox = new PluginSandbox();
        sandbox.Install("HangsInInitializer");
        await using var catalog = await PluginCatalog.LoadAsync(
            new(), sandbox.Host, sandbox.Settings with { StartTimeout = TimeSpan.FromMilliseconds(300) }, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal("did not finish its initialisation in 0.3 s", Assert.Single(catalog.Descriptions).Error);
    }

    [Fact]
    public async Task LoadAsync_HangingInitializerNotRun_IsDescribed()
    {
        _sandbox.Install("HangsInInitializer");
        await using var catalog = await PluginCatalog.LoadAsync(
            new(), _sandbox.Host, _sandbox.Settings with { RunInitializers = false }, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(PluginState.Loaded, Assert.Single(catalog.Descriptions).State);
    }

    [Fact]
    public async Task LoadAsync_CancelledWhileInitialising_Throws()
    {
        _sandbox.Install("HangsInInitializer");
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => PluginCatalog.LoadAsync(new(), _sandbox.Host, _sandbox.Settings, cancellation: cancellation.Token));
    }

    [Fact]
    public async Task LoadAsync_LibraryBesidePlugins_IsPassedOverWithAWarning()
    {
        var file = _sandbox.InstallFile("NoAttribute");
        await using var catalog = await _sandbox.LoadAsync();
        Assert.Empty(catalog.FailedPlugins);
        Assert.Equal(PluginState.NotAPlugin, Assert.Single(catalog.Descriptions).State);
        Assert.Contains(file, Assert.Single(_sandbox.Log.At(LogLevel.Warning)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task LoadAsync_SameMiddlewareTwice_SecondPluginFailsNamingTheFirst()
    {
        _sandbox.Install("DependsOnNewJson");
        _sandbox.Install("DuplicateName");
        await using var catalog = await _sandbox.LoadAsync();
        Assert.Equal(["DuplicateName"], catalog.FailedPlugins);
        Assert.Contains(
            "offers the middleware 'dependsonnewjson', which plugin DependsOnNewJson offers already",
            Assert.Single(_sandbox.Log.At(LogLevel.Error)),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task LoadAsync_DifferentVersionsOfALibrary_EachPluginSeesItsOwn()
    {
        _sandbox.Install("DependsOnOldJson");
        _sandbox.Install("DependsOnNewJson");
        await using var catalog = await _sandbox.LoadAsync();
        Assert.Equal("12.0.0.0", Create(catalog, "DependsOnOldJson"));
        Assert.Equal("13.0.0.0", Create(catalog, "DependsOnNewJson"));
    }

    [Fact]
    public async Task LoadAsync_SamePluginInALaterDirectory_HidesTheEarlier()
    {
        var earlier = _sandbox.Install("Good");
        var later = _sandbox.Install("Good", Path.Combine(_sandbox.Root, "more"));
        await using var catalog = await _sandbox.LoadAsync("more", "does-not-exist");
        Assert.Equal(
            [(PluginState.Loaded, later), (PluginState.Overridden, earlier)],
            catalog.Descriptions.Select(plugin => (plugin.State, plugin.File)));
        Assert.Contains(_sandbox.Log.At(LogLevel.Information), message => message == $"Plugin Good: {earlier} is hidden by {later}");
    }

    [Fact]
    public async Task LoadAsync_ProgramDirectoryNamedAgain_NothingIsHidden()
    {
        _sandbox.Install("Good");
        await using var catalog = await _sandbox.LoadAsync("plugins", "./plugins/");
        Assert.Single(catalog.Descriptions);
    }

    [Theory]
    [InlineData("Mis")]
    [InlineData("good")]
    public async Task LoadAsync_FolderOfAnotherNameThanItsAssembly_IsNamedAndDescribed(string folder)
    {
        Assert.SkipWhen(folder == "good" && !OperatingSystem.IsLinux(), "file systems elsewhere take good.dll for Good.dll");
        var file = _sandbox.Install("Good");
        Directory.Move(Path.GetDirectoryName(file)!, Path.Combine(_sandbox.PluginsDirectory, folder));
        await using var catalog = await _sandbox.LoadAsync();

        var expected = Path.Combine(_sandbox.PluginsDirectory, folder, folder + ".dll");
        var description = Assert.Single(catalog.Descriptions);
        Assert.Equal((PluginState.Misnamed, folder, expected), (description.State, description.Id, description.File));
        Assert.Contains("Good.dll", description.Error, StringComparison.Ordinal);
        Assert.Empty(catalog.FailedPlugins);
        Assert.StartsWith($"{expected} is not there, but Good.dll: none is loaded", Assert.Single(_sandbox.Log.At(LogLevel.Warning)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task LoadAsync_FolderOfSources_IsIgnored()
    {
        var output = Directory.CreateDirectory(Path.Combine(_sandbox.PluginsDirectory, "Sources", "bin", "Debug"));
        await File.WriteAllTextAsync(Path.Combine(output.FullName, "Sources.dll"), "", TestContext.Current.CancellationToken);
        await using var catalog = await _sandbox.LoadAsync();
        Assert.Empty(catalog.Descriptions);
        Assert.DoesNotContain(_sandbox.Log.Entries, entry => entry.Level > LogLevel.Debug);
    }

    [Fact]
    public async Task LoadAsync_OriginalOverwritten_RunningPluginStaysAsItIs()
    {
        var file = _sandbox.Install("DependsOnOldJson");
        await using var catalog = await _sandbox.LoadAsync();
        var library = Path.Combine(Path.GetDirectoryName(file)!, "Newtonsoft.Json.dll");
        await File.WriteAllBytesAsync(library, new byte[100], TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(file, new byte[100], TestContext.Current.CancellationToken);
        Assert.Equal("12.0.0.0", Create(catalog, "DependsOnOldJson"));
    }

    private static string? Create(PluginCatalog catalog, string name)
    {
        var errors = new ErrorList();
        var text = catalog.Find(name)!.Create(new TestEntry(), null, errors)?.ToString();
        Assert.Empty(errors.Items);
        return text;
    }
}
