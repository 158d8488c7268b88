using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Webserv.Abstractions.Pipeline;
using Webserv.Host.Configuration;
using Webserv.Host.Pipeline;
using Webserv.Host.Pipeline.Containment;
using Webserv.Host.Tests.Plugins;
using Webserv.Host.Tests.Server;

namespace Webserv.Host.Tests.Pipeline;

/// <summary>What a new generation takes over from the one before.</summary>
public sealed class TakeOverTests
{
    private readonly TestCatalog _catalog = new();
    private readonly List<IPipelineEntry> _made = [];
    private readonly Dictionary<string, PluginBudgetOptions> _budgets = [];

    [Theory]
    [InlineData("a=1", "a=1", true)]
    [InlineData("a=1", "a=2", false)]
    [InlineData("a=1", "a=1;b=2", false)]
    [InlineData("", "", true)]
    [InlineData("", "a=1", false)]
    public async Task BuildAsync_EntryOfBefore_IsMadeAnewOnlyIfItsOptionsChange(string before, string after, bool isKept)
    {
        Offer("A");
        var first = await BuildAsync(null, Server("x", Entry("A", before)));
        var second = await BuildAsync(first, Server("y", Entry("A", after)));
        Assert.Equal(isKept ? 1 : 2, _made.Count);
        Assert.NotSame(first.Servers.Servers[0], second.Servers.Servers[0]);

        await RetireAsync(first, second);
        Assert.Equal(isKept ? [] : ["A"], _catalog.Disposed);
        await RetireAsync(second, null);
        Assert.Equal(isKept ? ["A"] : ["A", "A"], _catalog.Disposed);
    }

    [Fact]
    public async Task BuildAsync_EntryMovesOrGetsNeighbours_IsKept()
    {
        Offer("A");
        Offer("B");
        var first = await BuildAsync(null, Server("x", Entry("A", "a=1")));
        var second = await BuildAsync(first, Server("y", Entry("B", ""), Entry("A", "a=1")));
        Assert.Equal(["A", "B"], _made.Select(entry => entry.Name));
        await RetireAsync(first, second);
        Assert.Empty(_catalog.Disposed);
        await RetireAsync(second, null);
    }

    [Fact]
    public async Task BuildAsync_TwoEqualEntries_HaveAnInstanceEach()
    {
        Offer("A");
        var first = await BuildAsync(null, Server("x", Entry("A", "a=1")));
        var second = await BuildAsync(first, Server("y", Entry("A", "a=1"), Entry("A", "a=1")));
        Assert.Equal(2, _made.Count);
        await RetireAsync(first, second);
        await RetireAsync(second, null);
        Assert.Equal(2, _catalog.Disposed.Count);
    }

    [Fact]
    public async Task BuildAsync_OtherRootOrServer_MakesAnother()
    {
        Offer("A");
        var first = await BuildAsync(null, Server("x", "one", "/srv/a", Entry("A", "")));
        var second = await BuildAsync(first, Server("y", "one", "/srv/b", Entry("A", "")));
        var third = await BuildAsync(second, Server("z", "two", "/srv/b", Entry("A", "")));
        Assert.Equal([("one", "/srv/a"), ("one", "/srv/b"), ("two", "/srv/b")], _made.Select(entry => (entry.VirtualServer, entry.Root)));
        await RetireAsync(first, second);
        await RetireAsync(second, third);
        await RetireAsync(third, null);
    }

    [Theory]
    [InlineData("x", "x", true)]
    [InlineData("x", "y", false)]
    [InlineData(null, null, false)]
    public async Task BuildAsync_SameFingerprint_TakesTheServerItself(string? before, string? after, bool isSame)
    {
        Offer("A");
        var first = await BuildAsync(null, Server(before, Entry("A", "")));
        var second = await BuildAsync(first, Server(after, Entry("A", "")));
        Assert.Equal(isSame, ReferenceEquals(first.Servers.Servers[0], second.Servers.Servers[0]));
        await RetireAsync(first, second);
        Assert.Equal(!isSame, first.Servers.Servers[0].Lifetime.Drained.IsCompleted);
        Assert.Empty(_catalog.Disposed);
        await RetireAsync(second, null);
        Assert.Equal(["A"], _catalog.Disposed);
    }

    [Fact]
    public async Task BuildAsync_PluginReplaced_MakesServerAndMiddlewareAnew()
    {
        Offer("A");
        var first = await BuildAsync(null, Server("x", Entry("A", "")));
        var other = new TestCatalog();
        other.Add("A", inline: true, entry => (_, _, _) => Task.CompletedTask);
        var errors = new ErrorList();
        var second = (await new PipelineBuilder(Options(Server("x", Entry("A", ""))), other, errors, NullLogger.Instance) { Previous = first }
            .BuildAsync(2, TestContext.Current.CancellationToken))!;
        Assert.NotSame(first.Servers.Servers[0], second.Servers.Servers[0]);
        await RetireAsync(first, second);
        Assert.Equal(["A"], _catalog.Disposed);
        await RetireAsync(second, null);
        Assert.Equal(["A"], other.Disposed);
    }

    [Fact]
    public async Task BuildAsync_PluginWasMissingAndIsThereNow_MakesTheServerAnew()
    {
        _catalog.FailedPlugins = ["Broken"];
        var first = await BuildAsync(null, Server("x", Entry("A", "")));
        Assert.True(first.Servers.Servers[0].HasGaps);
        Offer("A");
        var second = await BuildAsync(first, Server("x", Entry("A", "")));
        Assert.NotSame(first.Servers.Servers[0], second.Servers.Servers[0]);
        Assert.Single(_made);
        await RetireAsync(first, second);
        await RetireAsync(second, null);
    }

    [Fact]
    public async Task BuildAsync_Fails_LeavesWhatServesAlone()
    {
        Offer("A");
        var first = await BuildAsync(null, Server("x", Entry("A", "a=1")));
        var errors = new ErrorList();
        var failed = await new PipelineBuilder(Options(Server("y", Entry("A", "a=1"), Entry("None", ""))), _catalog, errors, NullLogger.Instance) { Previous = first }
            .BuildAsync(2, TestContext.Current.CancellationToken);
        Assert.Null(failed);
        Assert.Single(errors.Items);
        Assert.Empty(_catalog.Disposed);
        await RetireAsync(first, null);
        Assert.Equal(["A"], _catalog.Disposed);
    }

    [Fact]
    public async Task BuildAsync_BudgetChanges_MakesTheServerAnewAndKeepsTheMiddleware()
    {
        Offer("A");
        var first = await BuildAsync(null, Server("x", Entry("A", "")));
        _budgets["Test"] = new PluginBudgetOptions { MaxRequests = 1, Breaker = new BreakerOptions() };
        var second = await BuildAsync(first, Server("x", Entry("A", "")));
        Assert.NotSame(first.Servers.Servers[0], second.Servers.Servers[0]);
        var breaker = second.Servers.Servers[0].Lifetime.Middleware[0].Breaker;
        Assert.NotNull(breaker);

        _budgets["Test"] = new PluginBudgetOptions { MaxRequests = 1, Breaker = new BreakerOptions() };
        Assert.Same(second.Servers.Servers[0], (await BuildAsync(second, Server("x", Entry("A", "")))).Servers.Servers[0]);

        _budgets["Test"] = new PluginBudgetOptions { MaxRequests = 2, Breaker = new BreakerOptions() };
        var third = await BuildAsync(second, Server("x", Entry("A", "")));
        Assert.NotSame(second.Servers.Servers[0], third.Servers.Servers[0]);
        Assert.Same(breaker, third.Servers.Servers[0].Lifetime.Middleware[0].Breaker);
        Assert.Single(_made);

        await RetireAsync(first, second);
        await RetireAsync(second, third);
        await RetireAsync(third, null);
        Assert.Equal(["A"], _catalog.Disposed);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task BuildAsync_BudgetChangesInOneThatIsRefused_TakesEffectWithTheNext(bool hadOne)
    {
        Offer("A");
        if (hadOne)
        {
            _budgets["Test"] = new PluginBudgetOptions { Breaker = new BreakerOptions { Failures = 1 } };
        }

        var first = await BuildAsync(null, Server("x", Entry("A", "")));
        var before = first.Servers.Servers[0].Lifetime.Middleware[0].Breaker;
        before?.Report(default, RequestOutcome.Failed, "threw");
        _budgets["Test"] = new PluginBudgetOptions { MaxBodySize = 1000, Breaker = new BreakerOptions { Failures = 2 } };
        var refused = await new PipelineBuilder(Options(Server("y", Entry("A", ""), Entry("None", ""))), _catalog, new ErrorList(), NullLogger.Instance) { Previous = first }
            .BuildAsync(2, TestContext.Current.CancellationToken);
        Assert.Null(refused);
        Assert.Same(before, first.Servers.Servers[0].Lifetime.Middleware[0].Breaker);
        Assert.Equal(hadOne, before?.IsClosed == false);

        // Nothing else is to mend: the server is made anew for the budget alone.
        var second = await BuildAsync(first, Server("x", Entry("A", "")));
        Assert.NotSame(first.Servers.Servers[0], second.Servers.Servers[0]);
        Assert.Equal(_budgets["Test"], second.Servers.Servers[0].Lifetime.Middleware[0].Budget);
        Assert.Single(_made);
        await RetireAsync(first, second);
        await RetireAsync(second, null);
        Assert.Equal(["A"], _catalog.Disposed);
    }

    private static Task RetireAsync(PipelineGeneration generation, PipelineGeneration? next) =>
        generation.RetireAsync(next, TimeSpan.FromSeconds(10), static _ => { }, TimeProvider.System);

    private WebservOptions Options(VirtualServerOptions server)
    {
        var setup = new ServerSetup(inline: true);
        setup.Plugins.Budgets = new Dictionary<string, PluginBudgetOptions>(_budgets);
        setup.Servers.Add(server);
        return setup.Build();
    }

    private static VirtualServerOptions Server(string? fingerprint, params PipelineEntryOptions[] entries) => Server(fingerprint, "main", null, entries);

    private static VirtualServerOptions Server(string? fingerprint, string name, string? root, params PipelineEntryOptions[] entries) => new()
    {
        ConfigurationPath = "Webserv:VirtualServers:0",
        Fingerprint = fingerprint,
        Name = name,
        Listen = [ServerSetup.Endpoint],
        Root = root,
        Pipeline = entries,
    };

    private static PipelineEntryOptions Entry(string use, string options)
    {
        var values = options.Split(';', StringSplitOptions.RemoveEmptyEntries)
            .Select(option => new KeyValuePair<string, string?>("Options:" + option.Split('=')[0], option.Split('=')[1]));
        var section = new ConfigurationBuilder().AddInMemoryCollection(values).Build().GetSection("Options");
        return new PipelineEntryOptions { ConfigurationPath = "Webserv:VirtualServers:0:Pipeline:0", Use = use, Options = section };
    }

    private void Offer(string name) => _catalog.Add(name, inline: true, entry =>
    {
        _made.Add(entry);
        return (_, _, _) => Task.CompletedTask;
    });

    private async Task<PipelineGeneration> BuildAsync(PipelineGeneration? previous, VirtualServerOptions server)
    {
        var errors = new ErrorList();
        var generation = await new PipelineBuilder(Options(server), _catalog, errors, NullLogger.Instance) { Previous = previous }
            .BuildAsync((previous?.Number ?? 0) + 1, TestContext.Current.CancellationToken);
        Assert.Empty(errors.Items);
        return generation!;
    }
}
