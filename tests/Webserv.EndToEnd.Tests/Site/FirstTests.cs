using System.Net;

namespace Webserv.EndToEnd.Tests.Site;

public sealed class FirstTests(SampleSite site) : IClassFixture<SampleSite>
{
    [Fact]
    public async Task Get_Home_AnswersThePage()
    {
        using var response = await site.Client.GetAsync("/", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/html; charset=utf-8", response.Content.Headers.ContentType?.ToString());
    }
}
