using Webserv.Host.Configuration;
using Webserv.Host.Pipeline;

namespace Webserv.Host.Tests.Pipeline;

public sealed class PipelineScopeTests
{
    private static readonly PipelineScope Outer = new("main", "/etc/webserv", "/srv", 10);

    [Fact]
    public void Enter_NothingSet_InheritsAll()
    {
        var inner = Outer.Enter(new PipelineEntryOptions { ConfigurationPath = "x" });
        Assert.Equal(("main", "/srv", 10), (inner.VirtualServer, inner.Root, inner.MaxRequestBodySize));
        Assert.Equal("/a", new PipelineEntry("n", "x", inner).GetPathBelowRoot("/a"));
    }

    [Fact]
    public void Enter_BodyLimit_ZeroIsNone()
    {
        Assert.Null(Outer.Enter(new PipelineEntryOptions { ConfigurationPath = "x", MaxRequestBodySize = 0 }).MaxRequestBodySize);
        Assert.Equal(5, Outer.Enter(new PipelineEntryOptions { ConfigurationPath = "x", MaxRequestBodySize = 5 }).MaxRequestBodySize);
    }

    [Fact]
    public void Enter_RootWithoutPath_TakesNothingAway()
    {
        var branch = Outer.Enter(new PipelineEntryOptions { ConfigurationPath = "x", Root = "/a", When = new WhenOptions { Path = ["/a/*"] } });
        var inner = branch.Enter(new PipelineEntryOptions { ConfigurationPath = "y", Root = "/b" });
        var entry = new PipelineEntry("n", "y", inner);
        Assert.Equal(("/b", "/a/c", "/c"), (entry.Root, entry.GetPathBelowRoot("/a/c"), entry.GetPathBelowMatch("/a/c")));
    }

    [Fact]
    public void GetPathBelowRoot_SeveralPatternsMatch_TheLongestCounts()
    {
        var scope = Outer.Enter(new PipelineEntryOptions { ConfigurationPath = "x", Root = "/r", When = new WhenOptions { Path = ["/*", "/a/b/*", "/a/*"] } });
        var entry = new PipelineEntry("n", "x", scope);
        Assert.Equal(("/c", "/x", "/y"), (entry.GetPathBelowRoot("/a/b/c"), entry.GetPathBelowRoot("/a/x"), entry.GetPathBelowRoot("/y")));
    }
}
