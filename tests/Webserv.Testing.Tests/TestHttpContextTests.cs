using System.Security.Principal;
using System.Text;
using Microsoft.Extensions.Primitives;
using Webserv.Abstractions.Http;
using Webserv.Host.Tests.Http1;
using Webserv.Testing.Http;

namespace Webserv.Testing.Tests;

public sealed class TestHttpContextTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(RequestTargetCases.OriginForm), MemberType = typeof(RequestTargetCases))]
    public void Constructor_Target_IsWhatTheServerMakesOfIt(string target, string path, string query)
    {
        var request = new TestHttpContext("GET", target).Request;
        Assert.Equal((path, query, target), (request.Path, request.Query, request.RawTarget));
    }

    [Theory]
    [MemberData(nameof(RequestTargetCases.Malformed), MemberType = typeof(RequestTargetCases))]
    [InlineData("")]
    [InlineData("/a b")]
    [InlineData("/a#b")]
    [InlineData("/é")]
    public void Constructor_WhatTheServerRefuses_Throws(string target) =>
        Assert.Throws<ArgumentException>(() => TestHttpContext.Get(target));

    [Fact]
    public void Constructor_OtherForms_AreTakenApart()
    {
        Assert.Equal("*", new TestHttpContext("OPTIONS", "*").Request.Path);
        var request = TestHttpContext.Get("http://example.com:81/x?y").Request;
        Assert.Equal(("/x", "y", "example.com:81", "example.com:81"), (request.Path, request.Query, request.Host, request.Headers["Host"].ToString()));
    }

    [Fact]
    public async Task Body_OfText_IsReadWithItsLength()
    {
        var request = TestHttpContext.Post("/").WithBody("hällo").Request;
        Assert.False(request.BodyWasRead);
        Assert.Equal("hällo", await new StreamReader(request.Body).ReadToEndAsync(Cancellation));
        Assert.Equal((6L, "6", true), (request.ContentLength, request.Headers["content-length"].ToString(), request.BodyWasRead));
    }

    [Fact]
    public async Task Body_Slow_ArrivesInPieces()
    {
        var body = TestHttpContext.Post("/").WithSlowBody([1, 2, 3], pieceSize: 2).Request.Body;
        var buffer = new byte[10];
        Assert.Equal(2, await body.ReadAsync(buffer, Cancellation));
        Assert.Equal(1, await body.ReadAsync(buffer, Cancellation));
        Assert.Equal(0, await body.ReadAsync(buffer, Cancellation));
    }

    [Fact]
    public async Task Body_ShorterThanDeclared_Is400()
    {
        var body = TestHttpContext.Post("/").WithBody(new MemoryStream([1, 2]), length: 3).Request.Body;
        var exception = await Assert.ThrowsAsync<HttpException>(() => body.CopyToAsync(Stream.Null, Cancellation));
        Assert.Equal(400, exception.StatusCode);
    }

    [Theory]
    [InlineData(3L)]
    [InlineData(null)]
    public async Task Body_OverTheLimit_Is413(long? length)
    {
        var request = TestHttpContext.Post("/").WithBody(new MemoryStream([1, 2, 3]), length: length).Request;
        request.MaxBodySize = 2;
        var exception = await Assert.ThrowsAsync<HttpException>(() => request.Body.CopyToAsync(Stream.Null, Cancellation));
        Assert.Equal(413, exception.StatusCode);
        Assert.Throws<InvalidOperationException>(() => request.MaxBodySize = 5);
    }

    [Fact]
    public void Headers_OfARequest_CanNotBeChanged()
    {
        var headers = TestHttpContext.Get("/").WithHeader("X-A", "1").WithHeader("x-a", "2").Request.Headers;
        Assert.Equal(new StringValues(["1", "2"]), headers["X-a"]);
        Assert.Throws<InvalidOperationException>(() => headers["X-B"] = "1");
    }

    [Theory]
    [InlineData("X-A", "a\rb")]
    [InlineData("X-A", "a\nb")]
    [InlineData("X-A", "a\0b")]
    [InlineData("X-A", "\u0100")]
    [InlineData("Content-Length", "-1")]
    [InlineData("Content-Length", "x")]
    [InlineData("X A", "a")]
    [InlineData("", "a")]
    public void Headers_ForbiddenBytes_AreRefused(string name, string value)
    {
        var headers = TestHttpContext.Get("/").Response.Headers;
        Assert.Throws<ArgumentException>(() => headers[name] = value);
        Assert.Throws<ArgumentException>(() => headers.Append(name, value));
    }

    [Fact]
    public void Headers_OfFraming_GoWhereTheServerSendsThem()
    {
        var response = TestHttpContext.Get("/").Response;
        response.Headers["content-length"] = "3";
        Assert.Equal((3L, "3", true, 0), (response.ContentLength, response.Headers["Content-Length"].ToString(), response.Headers.Contains("Content-Length"), response.Headers.Count));
        response.Headers["Content-Length"] = default;
        Assert.Null(response.ContentLength);
        Assert.False(response.ClosesConnection);
        response.Headers["Connection"] = "close";
        Assert.True(response.ClosesConnection);
        Assert.False(response.Headers.Contains("Connection"));
        Assert.Throws<InvalidOperationException>(() => response.Headers["Connection"] = "keep-alive");
        Assert.Throws<InvalidOperationException>(() => response.Headers["Transfer-Encoding"] = "chunked");
        Assert.Throws<InvalidOperationException>(() => response.Headers.Append("Keep-Alive", "timeout=1"));
        response.Headers["X-Latin"] = "\u00e9\u00ff";
        Assert.Equal(1, response.Headers.Count);
    }

    [Fact]
    public void GetFeature_User_IsThereForEveryRequest()
    {
        var context = TestHttpContext.Get("/");
        Assert.Null(context.GetFeature<IUserFeature>()!.User);
        Assert.Equal("ann", context.WithUser(new GenericIdentity("ann")).GetFeature<IUserFeature>()!.User?.Name);
    }

    [Fact]
    public void Headers_SetToNull_IsRemoved()
    {
        var headers = TestHttpContext.Get("/").Response.Headers;
        headers["X-A"] = "1";
        headers["x-a"] = default;
        Assert.Equal(0, headers.Count);
        Assert.False(headers.Contains("X-A"));
    }

    [Fact]
    public async Task Response_AfterItStarted_IsReadOnly()
    {
        var response = TestHttpContext.Get("/").Response;
        await response.Body.FlushAsync(Cancellation);
        Assert.True(response.HasStarted);
        Assert.Throws<InvalidOperationException>(() => response.StatusCode = 201);
        Assert.Throws<InvalidOperationException>(() => response.ContentLength = 1);
        Assert.Throws<InvalidOperationException>(() => response.Headers["X-A"] = "1");
        Assert.Throws<InvalidOperationException>(() => response.OnStarting(() => Task.CompletedTask));
    }

    [Fact]
    public async Task OnStarting_SeveralCallbacks_RunLastFirstAndMaySetFields()
    {
        var response = TestHttpContext.Get("/").Response;
        var order = new List<int>();
        response.OnStarting(() => Task.FromResult(response.Headers["X-Order"] = string.Join(',', order)));
        response.OnStarting(() => Run(2));
        response.OnStarting(() => Run(1));
        await response.CompleteAsync();
        Assert.Equal("1,2", response.Headers["X-Order"]);

        Task Run(int number)
        {
            order.Add(number);
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task Body_WriteOfMoreThanAServerBuffers_StartsTheResponse()
    {
        var response = TestHttpContext.Get("/").Response;
        await response.Body.WriteAsync(new byte[100], Cancellation);
        Assert.False(response.HasStarted);
        await response.Body.WriteAsync(new byte[20_000], Cancellation);
        Assert.True(response.HasStarted);
    }

    [Fact]
    public async Task Body_MoreOrLessThanItsLength_Throws()
    {
        var response = TestHttpContext.Get("/").Response;
        response.ContentLength = 3;
        await response.Body.WriteAsync("ab"u8.ToArray(), Cancellation);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await response.Body.WriteAsync("cd"u8.ToArray(), Cancellation));
        await Assert.ThrowsAsync<InvalidOperationException>(response.CompleteAsync);
    }

    [Fact]
    public async Task Body_OfHead_IsCountedAndThrownAway()
    {
        var response = TestHttpContext.Head("/").Response;
        await response.WriteTextAsync("Hello", cancellation: Cancellation);
        await response.CompleteAsync();
        Assert.Equal((5L, 5L, ""), (response.ContentLength, response.BytesWritten, response.BodyText));
    }

    [Fact]
    public async Task SendFileAsync_PartOfAFile_IsRecordedAndInTheBody()
    {
        var path = Path.Combine(AppContext.BaseDirectory, Guid.NewGuid().ToString("N"));
        await File.WriteAllTextAsync(path, "0123456789", Cancellation);
        try
        {
            var response = TestHttpContext.Get("/").Response;
            await response.SendFileAsync(path, 2, 3, Cancellation);
            Assert.Equal("234", response.BodyText);
            Assert.Equal(new TestSentFile(path, 2, 3), Assert.Single(response.SentFiles));
            Assert.Equal(3, response.ContentLength);
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => response.SendFileAsync(path, 8, 3, Cancellation));
            await Assert.ThrowsAsync<FileNotFoundException>(() => response.SendFileAsync(path + "x", 0, null, Cancellation));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task SendAsync_HttpException_BecomesItsStatusWithItsFields()
    {
        var context = TestHttpContext.Get("/");
        var response = await context.SendAsync(
            (current, _) =>
            {
                current.Response.Headers["X-Lost"] = "1";
                throw new HttpException(405) { Headers = { ["Allow"] = "PUT", ["X-Two"] = new StringValues(["a", "b"]) } };
            },
            Cancellation);
        Assert.Equal(new StringValues(["a", "b"]), response.Headers["X-Two"]);
        Assert.Equal((405, "PUT", false), (response.StatusCode, response.Headers["Allow"].ToString(), response.Headers.Contains("X-Lost")));
    }

    [Fact]
    public async Task Next_Called_IsRememberedAndAnswers404()
    {
        var context = TestHttpContext.Get("/");
        await context.Next(context, Cancellation);
        Assert.True(context.NextWasCalled);
        Assert.Equal(404, context.Response.StatusCode);
    }

    [Fact]
    public async Task Write_Blocking_IsInTheBody()
    {
        var response = TestHttpContext.Get("/").Response;
        await using (var writer = new StreamWriter(response.Body, Encoding.UTF8, leaveOpen: true) { AutoFlush = false })
        {
            await writer.WriteAsync("x");
        }

        Assert.EndsWith("x", response.BodyText, StringComparison.Ordinal);
    }

    [Fact]
    public void Connection_WithoutAProxy_IsTheClients()
    {
        var connection = TestHttpContext.Get("/").WithRemoteAddress(System.Net.IPAddress.Parse("192.0.2.1"), 7).Connection;
        Assert.Equal((connection.RemoteAddress, 7, false), (connection.PeerAddress, connection.PeerPort, connection.IsForwarded));
    }

    [Fact]
    public void WithProxy_ClientSetAfterwards_TellsBothApart()
    {
        var connection = TestHttpContext.Get("/").WithProxy(null).WithRemoteAddress(System.Net.IPAddress.Parse("192.0.2.1"), 7).Connection;
        Assert.Equal((null, 0, true), (connection.PeerAddress, connection.PeerPort, connection.IsForwarded));
        Assert.Equal(("192.0.2.1", 7), (connection.RemoteAddress?.ToString(), connection.RemotePort));
    }

    [Theory]
    [InlineData("GET", 404, "")]
    [InlineData("POST", 405, "PUT, OPTIONS")]
    [InlineData("OPTIONS", 204, "PUT, OPTIONS")]
    [InlineData("BREW", 501, "")]
    public async Task Next_WhatAMiddlewareSaidItAnswers_IsInTheAnswer(string method, int status, string allow)
    {
        var context = new TestHttpContext(method, "/");
        if (method != "GET")
        {
            context.GetFeature<IAllowedMethodsFeature>()!.Add("PUT", "PUT");
        }

        var response = await context.SendAsync((c, cancellation) => context.Next(c, cancellation), Cancellation);
        Assert.Equal((status, allow), (response.StatusCode, response.Headers["Allow"].ToString()));
    }

    [Fact]
    public async Task Trailers_AreThereOnceTheBodyWasRead()
    {
        var context = TestHttpContext.Put("/").WithBody(new MemoryStream([1, 2, 3])).WithTrailer("X-Sum", "6");
        var feature = context.GetFeature<IRequestTrailersFeature>()!;
        Assert.False(feature.AreAvailable);
        Assert.Throws<InvalidOperationException>(() => feature.Trailers);
        await context.Request.Body.CopyToAsync(Stream.Null, Cancellation);
        Assert.True(feature.AreAvailable);
        Assert.Equal("6", feature.Trailers["x-sum"]);
        Assert.True(TestHttpContext.Get("/").GetFeature<IRequestTrailersFeature>()!.AreAvailable);
    }

    [Fact]
    public async Task Upgrade_Taken_JoinsMiddlewareAndClient()
    {
        var context = TestHttpContext.Get("/");
        Assert.Null(context.GetFeature<IUpgradeFeature>());
        var upgrade = context.WithUpgrade("echo");
        await upgrade.Client.WriteAsync("ahead"u8.ToArray(), Cancellation);
        var serving = context.SendAsync(async (c, cancellation) =>
        {
            var feature = c.GetFeature<IUpgradeFeature>()!;
            await Assert.ThrowsAsync<ArgumentException>(() => feature.UpgradeAsync("else", cancellation));
            c.Response.Headers["X-Mine"] = "1";
            var stream = await feature.UpgradeAsync("echo", cancellation);
            await Assert.ThrowsAsync<InvalidOperationException>(() => feature.UpgradeAsync("echo", cancellation));
            await stream.CopyToAsync(stream, cancellation);
        }, Cancellation);
        var answer = new byte[5];
        await upgrade.Client.ReadExactlyAsync(answer, Cancellation);
        Assert.Equal("ahead"u8.ToArray(), answer);
        await upgrade.Client.DisposeAsync();
        var response = await serving;
        Assert.True(upgrade.IsUpgraded);
        Assert.Equal((101, "echo", "upgrade", "1"), (response.StatusCode, response.Headers["Upgrade"].ToString(), response.Headers["Connection"].ToString(), response.Headers["X-Mine"].ToString()));
        Assert.Equal(0, await upgrade.Client.ReadAsync(answer, Cancellation));
    }
}
