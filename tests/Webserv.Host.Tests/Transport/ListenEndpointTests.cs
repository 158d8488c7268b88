using Webserv.Host.Transport;

namespace Webserv.Host.Tests.Transport;

public sealed class ListenEndpointTests
{
    [Theory]
    [InlineData("http://127.0.0.1:8080", "http://127.0.0.1:8080")]
    [InlineData("http://[::1]:8080", "http://[::1]:8080")]
    [InlineData("http://*:80", "http://*:80")]
    [InlineData("http://localhost:0/", "http://127.0.0.1:0")]
    [InlineData("http://127.0.0.1", "http://127.0.0.1:80")]
    [InlineData("unix:run/a.sock", "unix:/base/run/a.sock")]
    [InlineData("unix:/a.sock", "unix:/a.sock")]
    public void TryParse_ValidEndpoint_RoundTrips(string text, string expected)
    {
        Assert.True(ListenEndpoint.TryParse(text, "/base", out var endpoint, out _));
        Assert.Equal(expected, endpoint.ToString());
    }

    [Theory]
    [InlineData("127.0.0.1:8080", "is no endpoint")]
    [InlineData("https://127.0.0.1:8443", "is no endpoint")]
    [InlineData("http://127.0.0.1:99999", "is no port")]
    [InlineData("http://127.0.0.1:x", "is no port")]
    [InlineData("http://nowhere.example:80", "is no address")]
    [InlineData("unix:", "needs a path")]
    public void TryParse_InvalidEndpoint_SaysWhatIsWrong(string text, string expected)
    {
        Assert.False(ListenEndpoint.TryParse(text, "/base", out _, out var problem));
        Assert.Contains(expected, problem, StringComparison.Ordinal);
    }
}
