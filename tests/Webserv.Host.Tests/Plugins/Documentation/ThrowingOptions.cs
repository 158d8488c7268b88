namespace Webserv.Host.Tests.Plugins.Documentation;

public sealed class ThrowingOptions
{
    public ThrowingOptions() => throw new InvalidOperationException("not today");

    public string Text { get; set; } = "";
}
