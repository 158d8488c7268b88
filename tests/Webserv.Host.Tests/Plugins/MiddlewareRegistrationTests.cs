using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Webserv.Host.Plugins;

namespace Webserv.Host.Tests.Plugins;

public sealed class MiddlewareRegistrationTests : IAsyncLifetime
{
    private const string EntryPath = "Webserv:VirtualServers:0:Pipeline:3";

    private readonly PluginSandbox _sandbox = new();
    private readonly ErrorList _errors = new();
    private PluginCatalog _catalog = null!;

    public async ValueTask InitializeAsync()
    {
        _sandbox.Install("Good");
        _catalog = await _sandbox.LoadAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _catalog.DisposeAsync();
        _sandbox.Dispose();
    }

    [Fact]
    public void Create_WithServices_GetsWhatTheHostLendsAndThePluginsOwn() =>
        Assert.Equal("Good 0.1.0.0 1 True", Create("Plain", null));

    [Fact]
    public void IsNonBlocking_MarkedAndUnmarked_AreTold()
    {
        Assert.True(_catalog.Find("Plain")!.IsNonBlocking);
        Assert.False(_catalog.Find("Greeter")!.IsNonBlocking);
        Assert.Equal((true, false), (_catalog.Find("Plain")!.AnswersAtOnce, _catalog.Find("Plain")!.ReleasesContext));
        Assert.False(_catalog.Find("Greeter")!.AnswersAtOnce);
    }

    [Fact]
    public void Create_TwoEntries_EachHasItsOwnInstanceAndOptions()
    {
        Assert.Equal($"Ahoy from {EntryPath}", Create("Greeter", """{ "Greeting": "Ahoy" }"""));
        Assert.Equal($"Salut from {EntryPath}", Create("Greeter", """{ "Greeting": "Salut" }"""));
    }

    [Fact]
    public void Create_NoOptionsConfigured_UsesDefaults() =>
        Assert.Equal($"Hello from {EntryPath}", Create("Greeter", null));

    [Fact]
    public void Create_UnknownKey_IsAnErrorAtItsPath()
    {
        Assert.Null(Create("Greeter", """{ "Greetin": "Ahoy" }"""));
        Assert.StartsWith($"{EntryPath}:Options:Greetin: ", Assert.Single(_errors.Items), StringComparison.Ordinal);
    }

    [Fact]
    public void Create_FailedValidation_EveryFailureIsAnErrorAtItsProperty()
    {
        Assert.Null(Create("Greeter", """{ "Greeting": "", "Times": 11, "Tone": "Loud" }"""));
        Assert.Equal(
            [
                $"{EntryPath}:Options:Greeting: must not be empty",
                $"{EntryPath}:Options:Times: must be 1 to 10",
                $"{EntryPath}:Options: that is too much: please be quiet",
            ],
            _errors.Items);
    }

    [Fact]
    public void Create_WrongTypeAndFailedValidation_BothAreErrorsOnce()
    {
        Assert.Null(Create("Greeter", """{ "Greeting": "", "Times": "many" }"""));
        Assert.Equal(2, _errors.Items.Count);
        Assert.Contains(_errors.Items, error => error.StartsWith($"{EntryPath}:Options:Times: ", StringComparison.Ordinal));
        Assert.Contains($"{EntryPath}:Options:Greeting: must not be empty", _errors.Items);
    }

    [Fact]
    public void Create_OptionsForMiddlewareWithoutAny_IsAnError()
    {
        Assert.Null(Create("Plain", """{ "A": 1 }"""));
        Assert.Equal([$"{EntryPath}:Options: Plain has no options"], _errors.Items);
    }

    [Fact]
    public void Create_ConstructorThrows_IsAnErrorWithItsMessageAndTheStackAtDebug()
    {
        Assert.Null(Create("Fussy", null));
        Assert.Equal([$"{EntryPath}: Fussy of plugin Good threw InvalidOperationException: not like this"], _errors.Items);
        Assert.Contains(_sandbox.Log.At(LogLevel.Debug), message => message.Contains(EntryPath, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Create_PluginUnloaded_IsAnError()
    {
        var registration = _catalog.Find("Plain")!;
        await _catalog.DisposeAsync();
        Assert.Null(registration.Create(new TestEntry(), null, _errors));
        Assert.Equal([$"{EntryPath}: plugin Good has been unloaded"], _errors.Items);
    }

    private string? Create(string name, string? options) =>
        _catalog.Find(name)!.Create(new TestEntry(), options is null ? null : Section(options), _errors)?.ToString();

    private static IConfigurationSection Section(string options)
    {
        var json = $$"""{ "Webserv": { "VirtualServers": { "0": { "Pipeline": { "3": { "Options": {{options}} } } } } } }""";
        return new ConfigurationBuilder()
            .AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json)))
            .Build()
            .GetSection($"{EntryPath}:Options");
    }
}
