using Webserv.Host.Configuration;
using Webserv.Host.Plugins;
using Webserv.Host.Plugins.Documentation;
using Webserv.Host.Tests.Configuration;

namespace Webserv.Host.Tests.Plugins.Documentation;

/// <summary>The plugins that come with the server, as they lie in its output.</summary>
public sealed class PluginReferencePageTests : IAsyncLifetime
{
    private readonly PluginSandbox _sandbox = new();
    private PluginCatalog _catalog = null!;

    public async ValueTask InitializeAsync()
    {
        var output = new DirectoryInfo(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        var program = Path.Combine(RepositoryRoot.Find(), "Webserv.Host", "bin", output.Parent!.Name, output.Name);
        var settings = _sandbox.Settings with { ProgramDirectory = program, RunInitializers = false };
        _catalog = await PluginCatalog.LoadAsync(new PluginsOptions(), _sandbox.Host, settings, cancellation: TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _catalog.DisposeAsync();
        _sandbox.Dispose();
    }

    [Fact]
    public void ToMarkdown_CommittedPage_IsUpToDate()
    {
        var page = File.ReadAllText(Path.Combine(RepositoryRoot.Find(), "docs", "plugins.md"));
        Assert.True(
            PluginReferencePage.ToMarkdown(Describe(TextStyle.Markdown)) == page,
            "docs/plugins.md is out of date: dotnet run --project Webserv.Host -- plugins reference > docs/plugins.md");
    }

    [Fact]
    public void Of_PluginsOfTheServer_EveryMiddlewareAndOptionIsDescribed()
    {
        var plugins = Describe(TextStyle.Plain);
        Assert.Equal(9, plugins.Count);
        foreach (var middleware in plugins.SelectMany(plugin => plugin.Middleware))
        {
            Assert.Null(middleware.Problem);
            Assert.True(middleware.Description.Length > 0, $"{middleware.Name} needs a summary");
            Assert.NotEmpty(middleware.Options);
            Assert.All(middleware.Options, option => Assert.True(option.Description.Length > 0, $"{middleware.Name}: {option.Name} needs a summary"));
        }
    }

    [Fact]
    public void Of_Cgi_HasTypesDefaultsAndTheValuesOfEnums()
    {
        var cgi = Describe(TextStyle.Plain).SelectMany(plugin => plugin.Middleware).Single(middleware => middleware.Name == "Cgi");
        AssertOption("Interpreters", "object: text to text", null, "Which program runs which scripts");
        AssertOption("Timeout", "duration, as \"10s\"", "1m", "504");
        AssertOption("MaxHeaderSize", "size, as \"10MB\"", "64KB", "502");
        AssertOption("MaxConcurrent", "whole number", "64", "1 to 100000");
        AssertOption("QueueLength", "whole number", "256", "while MaxConcurrent scripts run");
        AssertOption("PassAuthorization", "true|false", "false", "HTTP_AUTHORIZATION");
        AssertOption("PathInfo", "one of Rfc|FullPath", "Rfc", "FullPath: The whole path of the request");

        void AssertOption(string name, string type, string? byDefault, string part)
        {
            var option = cgi.Options.Single(option => option.Name == name);
            Assert.Equal((type, byDefault), (option.Type, option.Default));
            Assert.Contains(part, option.Description, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void ToMarkdown_Plugins_AreSortedAndBarsAndMarkupEscaped()
    {
        var page = PluginReferencePage.ToMarkdown(
        [
            new PluginReference("b", [new MiddlewareReference("Two", "", [], null), new MiddlewareReference("Three", "", [], "threw")]),
            new PluginReference("A", [new MiddlewareReference("One", "Is one.", [new OptionReference("X", "list of <a|b>", "[\"a|b\"]", "`a|b`")], null)]),
        ]);
        Assert.EndsWith(
            """

            ## A

            ### One

            Is one.

            | option | type | default | what it does |
            |---|---|---|---|
            | `X` | list of \<a\|b\> | `["a\|b"]` | `a\|b` |

            ## b

            ### Two

            It has no options.

            ### Three

            Its options are not known.

            """.ReplaceLineEndings("\n"),
            page,
            StringComparison.Ordinal);
    }

    private List<PluginReference> Describe(TextStyle style) => [.. _catalog.Plugins.Select(plugin => PluginReference.Of(plugin, style))];
}
