using Moq;
using Webserv.Host.Plugins;
using Webserv.Host.Plugins.Documentation;

namespace Webserv.Host.Tests.Plugins.Documentation;

public sealed class MiddlewareDescriberTests : IDisposable
{
    private readonly PluginSandbox _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    [Fact]
    public async Task Describe_Plugin_HasTheSummariesOfItsDocumentationFile()
    {
        _sandbox.Install("Good");
        Assert.Equal(
            [
                new OptionReference("Greeting", "text", "Hello", "What is said."),
                new OptionReference("Times", "whole number", "1", "How often it is said."),
                new OptionReference("Tone", "one of Plain|Loud", "Plain", "How it is said. Plain: As usual. Loud: Aloud."),
            ],
            (await DescribeAsync("Greeter")).Options);
        var plain = await DescribeAsync("Plain");
        Assert.Equal("Asks for all that the host lends, and for the plugin's own service.", plain.Description);
        Assert.Empty(plain.Options);
        Assert.Null(plain.Problem);
    }

    [Fact]
    public async Task Describe_SingleFilePluginWithDocumentation_IsDescribed()
    {
        _sandbox.InstallFile("Good");
        File.Copy(Path.Combine(PluginSandbox.Fixture("Good"), "Good.xml"), Path.Combine(_sandbox.PluginsDirectory, "Good.xml"));
        Assert.Equal("Has options and knows its entry.", (await DescribeAsync("Greeter")).Description);
    }

    [Fact]
    public async Task Describe_NoDocumentationFile_HasOptionsWithoutDescriptions()
    {
        _sandbox.InstallFile("Good");
        var greeter = await DescribeAsync("Greeter");
        Assert.Equal(new MiddlewareReference("Greeter", "", greeter.Options, null), greeter);
        Assert.Equal(new OptionReference("Tone", "one of Plain|Loud", "Plain", ""), greeter.Options[2]);
    }

    [Fact]
    public async Task Describe_DamagedDocumentationFile_IsAProblemThatIsNamed()
    {
        await File.WriteAllTextAsync(Path.ChangeExtension(_sandbox.Install("Good"), ".xml"), "<doc><members>", TestContext.Current.CancellationToken);
        Assert.Contains("XmlException", (await DescribeAsync("Greeter")).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Describe_NestedOptions_AreListedByTheirPaths()
    {
        var options = Describe(typeof(NestedOptions)).Options;
        Assert.Equal(
            [
                new OptionReference("Inner", "object", null, ""),
                new OptionReference("Inner.Size", "size, as \"10MB\"", "1KB", ""),
                new OptionReference("Inner.Again", "object", null, ""),
                new OptionReference("Filled", "object", null, ""),
                new OptionReference("Filled.Size", "size, as \"10MB\"", "2KB", ""),
                new OptionReference("Filled.Again", "object", null, ""),
                new OptionReference("List", "list of object", null, ""),
                new OptionReference("List[].Size", "size, as \"10MB\"", "1KB", ""),
                new OptionReference("List[].Again", "object", null, ""),
                new OptionReference("Map", "object: text to object", null, ""),
                new OptionReference("Map.*.Size", "size, as \"10MB\"", "1KB", ""),
                new OptionReference("Map.*.Again", "object", null, ""),
                new OptionReference("Day", "one of " + string.Join('|', Enum.GetNames<DayOfWeek>()), null, ""),
                new OptionReference("Names", "list of text", "[\"a\",\"b\"]", ""),
                new OptionReference("Empty", "text", null, ""),
            ],
            options);
    }

    [Fact]
    public void Describe_ConstructorThrows_IsAProblem()
    {
        var described = Describe(typeof(ThrowingOptions));
        Assert.Equal("threw InvalidOperationException: not today", described.Problem);
        Assert.Empty(described.Options);
    }

    private static MiddlewareReference Describe(Type options) =>
        new MiddlewareDescriber(TextStyle.Plain).Describe(
            Mock.Of<IMiddlewareRegistration>(registration =>
                registration.Name == "X" && registration.MiddlewareType == typeof(MiddlewareDescriberTests) && registration.OptionsType == options));

    private async Task<MiddlewareReference> DescribeAsync(string name)
    {
        await using var catalog = await _sandbox.LoadAsync();
        return PluginReference.Of(Assert.Single(catalog.Plugins), TextStyle.Plain).Middleware.Single(middleware => middleware.Name == name);
    }
}
