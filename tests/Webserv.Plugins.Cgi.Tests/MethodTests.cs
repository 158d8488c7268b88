using Microsoft.Extensions.DependencyInjection;
using Moq;
using Webserv.Gateway.Processes;
using Webserv.Plugins.Cgi.Tests.Fixtures;
using Webserv.Testing.Http;

namespace Webserv.Plugins.Cgi.Tests;

/// <summary>For which methods scripts are run.</summary>
public sealed class MethodTests
{
    [Theory]
    [InlineData("", "GET", true)]
    [InlineData("", "DELETE", true)]
    [InlineData("", "OPTIONS", true)]
    [InlineData("", "PURGE", true)]
    [InlineData("", "TRACE", false)]
    [InlineData("", "CONNECT", false)]
    [InlineData("GET,POST", "GET", true)]
    [InlineData("GET,POST", "HEAD", true)]
    [InlineData("GET,POST", "POST", true)]
    [InlineData("GET,POST", "PUT", false)]
    [InlineData("POST", "GET", false)]
    [InlineData("POST", "HEAD", false)]
    [InlineData("PURGE", "PURGE", true)]
    public async Task Invoke_Method_RunsTheScriptOrPassesTheRequestOn(string methods, string method, bool isRun)
    {
        var runner = new Mock<IProcessRunner>();
        runner.Setup(static r => r.Start(It.IsAny<ProcessStart>())).Throws(new ProcessStartException(ProcessStartFailure.Busy, "ran"));
        await using var site = await CreateAsync(methods, services => services.AddSingleton(runner.Object));
        var context = new TestHttpContext(method, "/a.sh");
        var response = await site.SendAsync(context);
        Assert.Equal((isRun, !isRun), (response.StatusCode == 503, context.NextWasCalled));
        runner.Verify(static r => r.Start(It.IsAny<ProcessStart>()), isRun ? Times.Once : Times.Never);
    }

    [Theory]
    [InlineData("GET,POST", "PUT", 405, "GET, POST, HEAD, OPTIONS")]
    [InlineData("GET,POST", "OPTIONS", 204, "GET, POST, HEAD, OPTIONS")]
    [InlineData("POST", "GET", 405, "POST, OPTIONS")]
    [InlineData("", "TRACE", 405, "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS")]
    public async Task Invoke_MethodThatNobodyAnswers_NamesThoseThatAreAnswered(string methods, string method, int status, string allow)
    {
        await using var site = await CreateAsync(methods);
        var response = await site.SendAsync(new TestHttpContext(method, "/a.sh"));
        Assert.Equal((status, allow), (response.StatusCode, response.Headers["Allow"].ToString()));
    }

    [Fact]
    public async Task Invoke_MethodOfAPathWithoutScript_SaysNothing()
    {
        await using var site = await CreateAsync("GET");
        Assert.Equal(404, (await site.SendAsync(TestHttpContext.Put("/none.sh"))).StatusCode);
    }

    private static async Task<ScriptSite> CreateAsync(string methods, Action<IServiceCollection>? services = null)
    {
        var site = await ScriptSite.CreateAsync(
            options => options.Methods = methods.Split(',', StringSplitOptions.RemoveEmptyEntries), services: services);
        site.Write("a.sh", "");
        return site;
    }
}
