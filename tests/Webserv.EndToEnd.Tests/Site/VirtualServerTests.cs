using System.Net;

namespace Webserv.EndToEnd.Tests.Site;

public sealed class VirtualServerTests(SampleSite site) : IClassFixture<SampleSite>
{
    [Theory]
    [InlineData("localhost", "<title>Webserv</title>")]
    [InlineData("localhost:8080", "<title>Webserv</title>")]
    [InlineData("docs.localhost", "<title>docs.localhost</title>")]
    [InlineData("DOCS.localhost:8080", "<title>docs.localhost</title>")]
    [InlineData("elsewhere.example", "<title>Webserv</title>")]
    public async Task Get_HostName_PicksTheServerOfThatName(string host, string expected)
    {
        using var response = await site.Client.FetchAsync("/", ("Host", host));
        Assert.Contains(expected, await response.ReadTextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_SecondPort_IsAnotherSite() =>
        Assert.Contains("<a href=\"./letters/\">", await site.FilesClient.GetTextAsync("/"), StringComparison.Ordinal);

    [Fact]
    public async Task Get_SecondPortMissingPage_IsTheServersOwnErrorPage()
    {
        using var response = await site.FilesClient.FetchAsync("/none", ("Accept", "text/html"));
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.DoesNotContain("End of the line", await response.ReadTextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_FirstPortMissingPage_IsTheSitesErrorPage()
    {
        using var response = await site.Client.FetchAsync("/none", ("Accept", "text/html"));
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Contains("End of the line", await response.ReadTextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_MovedPage_RedirectsToTheNewOne()
    {
        using var response = await site.Client.FetchAsync("/old/handbook.html");
        Assert.Equal(HttpStatusCode.MovedPermanently, response.StatusCode);
        Assert.Equal("/journey.html", response.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task Get_DirectoryWithoutSlash_RedirectsToIt()
    {
        using var response = await site.Client.FetchAsync("/gallery");
        Assert.Equal(HttpStatusCode.MovedPermanently, response.StatusCode);
        Assert.Equal("/gallery/", response.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task Get_BranchWithARootOfItsOwn_AnswersTheFileBelowIt() =>
        Assert.Equal(
            await File.ReadAllTextAsync(site.Folder.Combine("sample-site", "files", "letters", "one.txt"), TestContext.Current.CancellationToken),
            await site.Client.GetTextAsync("/shelf/letters/one.txt"));

    [Theory]
    [InlineData("DELETE", "/downloads/", "GET, HEAD, OPTIONS")]
    [InlineData("POST", "/shelf/letters/one.txt", "GET, HEAD, OPTIONS")]
    [InlineData("PUT", "/cgi-bin/echo.py", "GET, HEAD, POST, OPTIONS")]
    [InlineData("PATCH", "/uploads/", "GET, HEAD, POST, PUT, DELETE, OPTIONS")]
    public async Task Send_MethodThatIsNotAllowed_Is405WithAllow(string method, string target, string allowed)
    {
        using var response = await site.Client.SendAsync(method, target, null);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(allowed.Split(", ").Order(), response.Content.Headers.Allow.Order());
    }

    [Fact]
    public async Task Get_Hello_GreetsWhoeverIsNamed()
    {
        Assert.Equal("Hello, World!\n", await site.Client.GetTextAsync("/hello"));
        Assert.Equal("Hello, Ada!\n", await site.Client.GetTextAsync("/hello?name=Ada"));
    }

    [Theory]
    [InlineData("/../../appsettings.json")]
    [InlineData("/%2e%2e/%2e%2e/appsettings.json")]
    [InlineData("/shelf/..%2f..%2fappsettings.json")]
    [InlineData("/cgi-bin/..%2fappsettings.json")]
    public async Task Get_WayOutOfTheRoot_IsNeverFound(string target)
    {
        using var client = await site.Server.ConnectAsync();
        await client.SendAsync($"GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        var answer = await client.ReadToEndAsync();
        Assert.StartsWith("HTTP/1.1 4", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("VirtualServers", answer, StringComparison.Ordinal);
    }
}
