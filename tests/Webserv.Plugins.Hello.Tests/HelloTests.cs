using Webserv.Testing.Http;
using Webserv.Testing.Plugins;

namespace Webserv.Plugins.Hello.Tests;

public sealed class HelloTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/hello", "Hi, World!\n")]
    [InlineData("/hello?name=", "Hi, World!\n")]
    [InlineData("/hello?x=1&name=Ada+Lovelace&name=Bob", "Hi, Ada Lovelace!\n")]
    [InlineData("/hello?n%61me=%C3%89va%20%26", "Hi, Éva &!\n")]
    [InlineData("/hello?name=%", "Hi, %!\n")]
    public async Task InvokeAsync_Get_GreetsTheName(string target, string expected)
    {
        await using var host = await PluginHost.CreateAsync<HelloPlugin>(cancellation: Cancellation);
        await host.UseAsync<HelloOptions>("Hello", options => options.Greeting = "Hi", cancellation: Cancellation);
        var response = await host.SendAsync(TestHttpContext.Get(target), Cancellation);
        Assert.Equal(expected, response.BodyText);
        Assert.Equal("text/plain; charset=utf-8", response.Headers["Content-Type"].ToString());
    }

    [Fact]
    public async Task InvokeAsync_OtherMethods_ArePassedOnAndGetAllow()
    {
        await using var host = await PluginHost.CreateAsync<HelloPlugin>(cancellation: Cancellation);
        await host.UseAsync("Hello", cancellation: Cancellation);
        var context = TestHttpContext.Post("/hello");
        var response = await host.SendAsync(context, Cancellation);
        Assert.True(context.NextWasCalled);
        Assert.Equal((405, "GET, HEAD, OPTIONS"), (response.StatusCode, response.Headers["Allow"].ToString()));
    }

    [Fact]
    public async Task Validate_EmptyGreeting_IsRefused()
    {
        await using var host = await PluginHost.CreateAsync<HelloPlugin>(cancellation: Cancellation);
        Assert.Equal(["Greeting: must not be empty"], host.Validate<HelloOptions>("Hello", options => options.Greeting = " "));
    }
}
