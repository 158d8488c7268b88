using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Moq;
using Webserv.Abstractions.Pipeline;
using Webserv.Abstractions.Plugins;
using Webserv.Host.Configuration;
using Webserv.Host.Pipeline;
using Webserv.Host.Plugins;
using Webserv.Host.Tests.Plugins;
using Webserv.Host.Tests.Server;

namespace Webserv.Host.Tests.Pipeline;

public sealed class PipelineBuilderTests
{
    private const int Patience = 20_000;
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

    [Fact(Timeout = Patience)]
    public async Task BuildAsync_ConstructorEndsTooLate_WhatItMadeIsDisposedAndItsPluginLetGo()
    {
        var time = new FakeTimeProvider();
        var hangs = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var letGo = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var end = new ManualResetEventSlim();
        var held = 0;
        var plugin = new Mock<IAsyncDisposable>();
        plugin.Setup(lease => lease.DisposeAsync()).Returns(() =>
        {
            if (Interlocked.Decrement(ref held) == 0)
            {
                letGo.SetResult();
            }

            return ValueTask.CompletedTask;
        });
        var middleware = Offer(_ => Task.CompletedTask, out var registration);
        registration.Setup(offered => offered.HoldPlugin()).Returns(() =>
        {
            Interlocked.Increment(ref held);
            return plugin.Object;
        });
        registration.Setup(offered => offered.Create(It.IsAny<IPipelineEntry>(), It.IsAny<IConfigurationSection?>(), It.IsAny<IConfigurationErrors>()))
            .Returns(() =>
            {
                hangs.SetResult();
                end.Wait();
                return middleware.Object;
            });

        var building = Task.Run(() => BuildAsync("Cgi", time: time), TestContext.Current.CancellationToken);
        await hangs.Task;
        while (!building.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(building, Task.Delay(1, TestContext.Current.CancellationToken));
        }

        Assert.Null(await building);
        _errors.Verify(errors => errors.Add("Webserv:0", "Cgi of plugin Test did not finish making Cgi in 30 s"));
        _errors.VerifyNoOtherCalls();
        Assert.Equal(1, Volatile.Read(ref held));

        end.Set();
        await letGo.Task;
        middleware.As<IDisposable>().Verify(instance => instance.Dispose(), Times.Once);
    }

    [Fact(Timeout = Patience)]
    public async Task ReleaseAllAsync_OneNeverEnds_TheOthersAreDisposedAndAllPluginsLetGo()
    {
        var time = new FakeTimeProvider();
        using var log = new CollectingLoggerProvider();
        var never = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var hangs = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var hanging = new Mock<IMiddleware>();
        hanging.As<IAsyncDisposable>().Setup(instance => instance.DisposeAsync()).Returns(() =>
        {
            hangs.SetResult();
            return new ValueTask(never.Task);
        });
        var other = Offer(_ => Task.CompletedTask, out var registration);
        var plugin = new Mock<IAsyncDisposable>();
        registration.Setup(offered => offered.HoldPlugin()).Returns(plugin.Object);
        MiddlewareInstance[] instances =
        [
            .. new[] { other.Object, hanging.Object }.Select(middleware =>
                new MiddlewareInstance(middleware, registration.Object, "", log.CreateLogger("pipeline")) { TimeProvider = time }),
        ];

        var releasing = MiddlewareInstance.ReleaseAllAsync(instances);
        await hangs.Task;
        while (!releasing.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(releasing, Task.Delay(1, TestContext.Current.CancellationToken));
        }

        await releasing;
        other.As<IDisposable>().Verify(instance => instance.Dispose(), Times.Once);
        plugin.Verify(lease => lease.DisposeAsync(), Times.Exactly(2));
        Assert.EndsWith(
            "could not be disposed: plugin Test did not finish the clean-up of Cgi in 10 s", Assert.Single(log.At(LogLevel.Warning)), StringComparison.Ordinal);
        never.SetResult();
    }

    [Fact]
    public async Task BuildAsync_Check_InitialisesNothing()
    {
        Offer(_ => throw new InvalidOperationException("was initialised"));
        Assert.NotNull(await BuildAsync("Cgi", isCheck: true));
    }

    private Mock<IMiddleware> Offer(Func<CancellationToken, Task> initialize) => Offer(initialize, out _);

    private Mock<IMiddleware> Offer(Func<CancellationToken, Task> initialize, out Mock<IMiddlewareRegistration> registration)
    {
        var middleware = new Mock<IMiddleware>();
        middleware.As<IDisposable>();
        middleware.As<IAsyncInitializer>().Setup(instance => instance.InitializeAsync(It.IsAny<CancellationToken>())).Returns(initialize);
        registration = new Mock<IMiddlewareRegistration>();
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
