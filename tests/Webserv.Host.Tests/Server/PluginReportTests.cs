using Webserv.Host.Plugins;
using Webserv.Host.Plugins.Documentation;
using Webserv.Host.Server;

namespace Webserv.Host.Tests.Server;

public sealed class PluginReportTests
{
    private static readonly PluginDescription Description = new() { Id = "Foo", File = "/p/Foo.dll", State = PluginState.Loaded, Middleware = ["Foo", "Bar"] };

    [Fact]
    public void Details_LoadedPlugin_ListsEveryOption()
    {
        var reference = new PluginReference(
            "Foo",
            [
                new MiddlewareReference(
                    "Foo",
                    "Does foo.",
                    [new OptionReference("Count", "whole number", "3", "How many."), new OptionReference("Name", "text", null, "")],
                    null),
                new MiddlewareReference("Bar", "", [], null),
                new MiddlewareReference("Baz", "", [], "threw Exception: no"),
            ]);
        Assert.Equal(
            """
            id         Foo
            file       /p/Foo.dll
            state      Loaded
            middleware Foo, Bar

            Foo
              Does foo.

              Count  (whole number)  default: 3
                  How many.

              Name  (text)

            Bar

              It has no options.

            Baz

              The options are not all known: it threw Exception: no

            """,
            PluginReport.Details(Description, reference),
            ignoreLineEndingDifferences: true);
    }

    [Fact]
    public void Details_LongDescription_IsWrappedAndWhole()
    {
        var words = Enumerable.Range(0, 80).Select(number => $"word{number}").ToArray();
        var option = new OptionReference("Count", "text", null, string.Join(' ', words));
        var lines = PluginReport.Details(Description, new PluginReference("Foo", [new MiddlewareReference("Foo", "", [option], null)])).Split('\n');
        var wrapped = lines.Where(line => line.StartsWith("      word", StringComparison.Ordinal)).ToArray();
        Assert.All(wrapped, line => Assert.InRange(line.Length, 1, 101));
        Assert.Equal(words, string.Join(' ', wrapped).Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }

    [Fact]
    public void Details_PluginThatIsNotLoaded_HasItsError() =>
        Assert.Contains(
            "error      threw",
            PluginReport.Details(Description with { State = PluginState.Failed, Error = "threw" }, null),
            StringComparison.Ordinal);
}
