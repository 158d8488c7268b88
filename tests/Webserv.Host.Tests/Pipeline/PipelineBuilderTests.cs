using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Moq;
using Webserv.Abstractions.Pipeline;
using Webserv.Abstractions.Plugins;
using Webserv.Host.Configuration;
using Webserv.Host.Pipeline;
using Webserv.Host.Plugins;
using Webserv.Host.Tests.Server;

namespace Webserv.Host.Tests.Pipeline;

public sealed class PipelineBuilderTests
{
    private readonly Mock<IMiddlewareCatalog> _catalog = new();
    private readonly Mock<IConfigurationErrors> _errors = new();

    public PipelineBuilderTests()
    {
        _catalog.SetupGet(catalog => catalog.Names).Returns(["StaticFiles", "Cgi"]);
        _catalog.SetupGet(catalog => catalog.FailedPlugins).Returns([]);
    }

    [Fact]
    public async Task BuildAsync_UnknownMiddleware_NamesTheNearest()
    {
        Assert.Null(await BuildAsync("StaticFile"));
        _errors.Verify(errors => errors.Add(
            "Webserv:0:Use", It.Is<string>(message => message.Contains("did you mean 'StaticFiles'?", StringComparison.Ordinal))));
    }

    [Fact]
    public async Task BuildAsync_MiddlewareOfAFailedPlugin_StartsWithout()
    {
        _catalog.SetupGet(catalog => catalog.FailedPlugins).Returns(["Foo"]);
        Assert.NotNull(await BuildAsync("Foo"));
        _errors.VerifyNoOtherCalls();
    }

    [Theory]
    [InlineData("StaticFile", false)]
    [InlineData("Foo", true)]
    public async Task BuildAsync_MisspeltBesideAFailedPluginOrChecked_IsAnError(string use, bool isCheck)
    {
        _catalog.SetupGet(catalog => catalog.FailedPlugins).Returns(["Foo"]);
        Assert.Null(await BuildAsync(use, isCheck));
        _errors.Verify(errors => errors.Add("Webserv:0:Use", It.Is<string>(message => message.Contains("Foo", StringComparison.Ordinal))));
    }

    [Fact]
    public async Task BuildAsync_InitialisationNeverEnds_IsGivenUpAndReported()
    {
        var time = new FakeTimeProvider();
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var middleware = Offer(cancellation =>
        {
            started.SetResult();
            return Task.Delay(Timeout.Infinite, cancellation);
        });

        var building = BuildAsync("Cgi", time: time);
        await started.Task;
        time.Advance(TimeSpan.FromSeconds(31));

        Assert.Null(await building);
        _errors.Verify(errors => errors.Add("Webserv:0", It.Is<string>(message => message.Contains("did not finish", StringComparison.Ordinal))));
        middleware.As<IDisposable>().Verify(instance => instance.Dispose(), Times.Once);
    }

    [Fact]
    public async Task BuildAsync_Check_InitialisesNothing()
    {
        Offer(_ => throw new InvalidOperationException("was initialised"));
        Assert.NotNull(await BuildAsync("Cgi", isCheck: true));
    }

    private Mock<IMiddleware> Offer(Func<CancellationToken, Task> initialize)
    {
        var middleware = new Mock<IMiddleware>();
        middleware.As<IDisposable>();
        middleware.As<IAsyncInitializer>().Setup(instance => instance.InitializeAsync(It.IsAny<CancellationToken>())).Returns(initialize);
        var registration = new Mock<IMiddlewareRegistration>();
        registration.SetupGet(offered => offered.Name).Returns("Cgi");
        registration.SetupGet(offered => offered.PluginId).Returns("Test");
        registration.Setup(offered => offered.HoldPlugin()).Returns(Mock.Of<IAsyncDisposable>());
        registration.Setup(offered => offered.Create(It.IsAny<IPipelineEntry>(), It.IsAny<IConfigurationSection?>(), It.IsAny<IConfigurationErrors>()))
            .Returns(middleware.Object);
        _catalog.Setup(catalog => catalog.Find("Cgi")).Returns(registration.Object);
        return middleware;
    }

    private Task<PipelineGeneration?> BuildAsync(string use, bool isCheck = false, TimeProvider? time = null)
    {
        var setup = new ServerSetup(inline: true);
        setup.Add(new PipelineEntryOptions { ConfigurationPath = "Webserv:0", Use = use });
        var builder = new PipelineBuilder(setup.Build(), _catalog.Object, _errors.Object, NullLogger.Instance)
        {
            IsCheck = isCheck,
            TimeProvider = time ?? TimeProvider.System,
        };
        return builder.BuildAsync(1, TestContext.Current.CancellationToken);
    }
}
