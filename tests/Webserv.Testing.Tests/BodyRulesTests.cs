using System.Text;
using Webserv.Abstractions.Http;
using Webserv.Testing.Http;

namespace Webserv.Testing.Tests;

/// <summary>Bodies of requests and responses are asynchronous, as the server's.</summary>
public sealed class BodyRulesTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void RequestBody_ReadSynchronously_Throws()
    {
        foreach (var context in (TestHttpContext[])[TestHttpContext.Post("/").WithBody("abc"), TestHttpContext.Post("/").WithSlowBody([1, 2, 3]), TestHttpContext.Get("/")])
        {
            var body = ((IHttpContext)context).Request.Body;
            Assert.Throws<NotSupportedException>(() => body.Read(new byte[1], 0, 1));
            Assert.Throws<NotSupportedException>(() => body.Read(new byte[1].AsSpan()));
            Assert.Throws<NotSupportedException>(() => body.ReadByte());
            Assert.Throws<NotSupportedException>(() => body.CopyTo(Stream.Null));
        }
    }

    [Fact]
    public void ResponseBody_WrittenSynchronously_Throws()
    {
        var response = TestHttpContext.Get("/").Response;
        var body = ((IHttpResponse)response).Body;
        Assert.Throws<NotSupportedException>(() => body.Write(new byte[1], 0, 1));
        Assert.Throws<NotSupportedException>(() => body.Write(new byte[1].AsSpan()));
        Assert.Throws<NotSupportedException>(() => body.WriteByte(1));
        Assert.Equal(0, response.BytesWritten);
    }

    [Fact]
    public async Task ResponseBody_FlushedSynchronously_SendsNothing()
    {
        var response = TestHttpContext.Get("/").Response;
        await response.Body.WriteAsync("x"u8.ToArray(), Cancellation);
        ((IHttpResponse)response).Body.Flush();
        Assert.False(response.HasStarted);
        response.StatusCode = 201;
        await response.Body.FlushAsync(Cancellation);
        Assert.Equal((true, 201, "x"), (response.HasStarted, response.StatusCode, response.BodyText));
    }

    [Fact]
    public async Task ResponseBody_OfATextWriter_IsDisposedWithoutASynchronousWrite()
    {
        var response = TestHttpContext.Get("/").Response;
        using (var writer = new StreamWriter(response.Body, new UTF8Encoding(false), leaveOpen: true))
        {
            await writer.WriteAsync("text");
            await writer.FlushAsync(Cancellation);
        }

        Assert.Equal("text", response.BodyText);
    }
}
