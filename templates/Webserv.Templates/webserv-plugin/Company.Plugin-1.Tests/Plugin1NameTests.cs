using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Moq;
using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;
using Webserv.Testing.Http;
using Webserv.Testing.Plugins;

namespace Company.Plugin_1.Tests;

public sealed class Plugin1NameTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

#if (filter)
    [Fact]
    public async Task InvokeAsync_AnythingBehindIt_GetsTheField()
    {
        await using var host = await PluginHost.CreateAsync<Plugin1NamePlugin>(cancellation: Cancellation);
        await host.UseAsync<Plugin1NameOptions>("Plugin1Name", options => options.Value = "seen", cancellation: Cancellation);
        var response = await host.SendAsync(
            TestHttpContext.Get("/").WithNext((context, cancellation) => context.Response.WriteTextAsync("page", cancellation: cancellation)), Cancellation);
        Assert.Equal(("page", "seen"), (response.BodyText, response.Headers["X-Plugin1Name"].ToString()));
    }

    [Fact]
    public async Task Validate_NoValue_IsRefused()
    {
        await using var host = await PluginHost.CreateAsync<Plugin1NamePlugin>(cancellation: Cancellation);
        Assert.StartsWith("Value: must not be empty", Assert.Single(host.Validate<Plugin1NameOptions>("Plugin1Name", _ => { })), StringComparison.Ordinal);
    }

    [Fact]
    public async Task InvokeAsync_WhatComesAfterIt_IsAskedOnce()
    {
        var context = TestHttpContext.Get("/");
        var next = new Mock<RequestDelegate>();
        next.Setup(n => n(context, Cancellation)).Returns(Task.CompletedTask);
        var options = Options.Create(new Plugin1NameOptions { Value = "x" });
        await new Plugin1NameMiddleware(options, NullLogger<Plugin1NameMiddleware>.Instance).InvokeAsync(context, next.Object, Cancellation);
        next.Verify(n => n(context, Cancellation), Times.Once);
    }
#else
    [Fact]
    public async Task InvokeAsync_Get_AnswersTheText()
    {
        await using var host = await PluginHost.CreateAsync<Plugin1NamePlugin>(cancellation: Cancellation);
        await host.UseAsync<Plugin1NameOptions>("Plugin1Name", options => options.Text = "It works.", cancellation: Cancellation);
        var response = await host.SendAsync(TestHttpContext.Get("/plugin1path"), Cancellation);
        Assert.Equal((200, "It works.\n"), (response.StatusCode, response.BodyText));
    }

    [Fact]
    public async Task Validate_NoText_IsRefused()
    {
        await using var host = await PluginHost.CreateAsync<Plugin1NamePlugin>(cancellation: Cancellation);
        Assert.Equal(["Text: must not be empty"], host.Validate<Plugin1NameOptions>("Plugin1Name", _ => { }));
    }

    [Fact]
    public async Task InvokeAsync_OtherMethods_ArePassedOn()
    {
        var context = TestHttpContext.Post("/plugin1path");
        var next = new Mock<RequestDelegate>();
        next.Setup(n => n(context, Cancellation)).Returns(Task.CompletedTask);
        var options = Options.Create(new Plugin1NameOptions { Text = "x" });
        await new Plugin1NameMiddleware(options, NullLogger<Plugin1NameMiddleware>.Instance).InvokeAsync(context, next.Object, Cancellation);
        next.Verify(n => n(context, Cancellation), Times.Once);
    }
#endif

    [Fact]
    public Task Plugin_Unloaded_LeavesMemory() =>
        PluginUnload.AssertUnloadsAsync<Plugin1NamePlugin>(
            async host =>
            {
#if (filter)
                await host.UseAsync("Plugin1Name", new Dictionary<string, object?> { ["Value"] = "x" }, cancellation: Cancellation);
#else
                await host.UseAsync("Plugin1Name", new Dictionary<string, object?> { ["Text"] = "x" }, cancellation: Cancellation);
#endif
                await host.SendAsync(TestHttpContext.Get("/plugin1path"), Cancellation);
            },
            Cancellation);
}
