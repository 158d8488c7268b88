using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Moq;
using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;
using Webserv.Abstractions.Plugins;
using Webserv.Testing.Http;
using Webserv.Testing.Plugins;

namespace Webserv.Testing.Tests;

public sealed class PluginHostTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SendAsync_SeveralEntries_RunInOrder()
    {
        await using var host = await PluginHost.CreateAsync<MarkPlugin>(cancellation: Cancellation);
        await host.UseAsync<MarkOptions>("Mark", options => options.Text = "a", cancellation: Cancellation);
        await host.UseAsync<MarkOptions>("mark", options => options.Text = "b", cancellation: Cancellation);
        var context = TestHttpContext.Get("/");
        var response = await host.SendAsync(context, Cancellation);
        Assert.Equal("a,b", response.Headers["X-Mark"].ToString());
        Assert.Equal(404, response.StatusCode);
        Assert.True(context.NextWasCalled);
    }

    [Fact]
    public async Task UseAsync_InvalidOptions_ThrowsWithTheFailures()
    {
        await using var host = await PluginHost.CreateAsync<MarkPlugin>(cancellation: Cancellation);
        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => host.UseAsync("Mark", cancellation: Cancellation));
        Assert.Equal(["Text: must not be empty"], exception.Failures);
        Assert.Equal(["Text: must not be empty"], host.Validate<MarkOptions>("Mark", _ => { }));
        Assert.Empty(host.Validate<MarkOptions>("Mark", options => options.Text = "x"));
    }

    [Fact]
    public async Task UseAsync_UnknownName_NamesWhatThereIs()
    {
        await using var host = await PluginHost.CreateAsync<MarkPlugin>(cancellation: Cancellation);
        var exception = await Assert.ThrowsAsync<ArgumentException>(() => host.UseAsync("Marc", cancellation: Cancellation));
        Assert.Contains("only Mark", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DisposeAsync_InstancesAndServices_AreInitialisedAndDisposed()
    {
        var initializer = new Mock<IAsyncInitializer>();
        MarkMiddleware middleware;
        await using (var host = await PluginHost.CreateAsync<MarkPlugin>(services => services.AddSingleton(initializer.Object), cancellation: Cancellation))
        {
            middleware = (MarkMiddleware)await host.UseAsync<MarkOptions>("Mark", options => options.Text = "a", cancellation: Cancellation);
            Assert.Equal((true, false), (middleware.IsInitialized, middleware.IsDisposed));
        }

        Assert.True(middleware.IsDisposed);
        initializer.Verify(service => service.InitializeAsync(It.IsAny<CancellationToken>()), Times.Once);
    }

    [Fact]
    public async Task UseAsync_KeyedService_IsInjectedAsByTheServer()
    {
        await using var host = await PluginHost.CreateAsync<KeyedPlugin>(cancellation: Cancellation);
        await host.UseAsync("Keyed", cancellation: Cancellation);
        Assert.Equal("second", (await host.SendAsync(TestHttpContext.Get("/"), Cancellation)).BodyText);
    }

    private sealed class KeyedPlugin : IPlugin
    {
        public void Configure(IPluginBuilder builder)
        {
            builder.Services.AddKeyedSingleton("one", "first").AddKeyedSingleton("two", "second");
            builder.AddMiddleware<KeyedMiddleware>("Keyed");
        }
    }

    private sealed class KeyedMiddleware([FromKeyedServices("two")] string text) : IMiddleware
    {
        public Task InvokeAsync(IHttpContext context, RequestDelegate next, CancellationToken cancellation) =>
            context.Response.WriteTextAsync(text, cancellation: cancellation);
    }

    private sealed class MarkPlugin : IPlugin
    {
        public void Configure(IPluginBuilder builder) => builder.AddMiddleware<MarkMiddleware, MarkOptions, MarkValidator>("Mark");
    }

    private sealed class MarkOptions
    {
        public string Text { get; set; } = "";
    }

    private sealed class MarkValidator : IValidateOptions<MarkOptions>
    {
        public ValidateOptionsResult Validate(string? name, MarkOptions options) =>
            options.Text.Length == 0 ? ValidateOptionsResult.Fail("Text: must not be empty") : ValidateOptionsResult.Success;
    }

    private sealed class MarkMiddleware(IOptions<MarkOptions> options, IPipelineEntry entry) : IMiddleware, IAsyncInitializer, IAsyncDisposable
    {
        public bool IsInitialized { get; private set; }

        public bool IsDisposed { get; private set; }

        public Task InitializeAsync(CancellationToken cancellation)
        {
            IsInitialized = true;
            return Task.CompletedTask;
        }

        public ValueTask DisposeAsync()
        {
            IsDisposed = true;
            return ValueTask.CompletedTask;
        }

        public Task InvokeAsync(IHttpContext context, RequestDelegate next, CancellationToken cancellation)
        {
            Assert.NotNull(entry.ConfigurationPath);
            context.Response.Headers.Append("X-Mark", options.Value.Text);
            return next(context, cancellation);
        }
    }
}
