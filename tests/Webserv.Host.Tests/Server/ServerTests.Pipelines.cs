using Microsoft.Extensions.Logging;
using Webserv.Abstractions.Http;
using Webserv.Host.Configuration;
using Webserv.Host.Http1;
using Webserv.Host.Pipeline;

namespace Webserv.Host.Tests.Server;

/// <summary>Error pages, branches, virtual servers, generations.</summary>
public abstract partial class ServerTests
{
    [Theory]
    [InlineData("", "text/html; charset=utf-8", "<!doctype html>")]
    [InlineData("application/json", "application/problem+json", "{\"type\":\"about:blank\",\"title\":\"Not Found\",\"status\":404,\"traceId\":\"")]
    [InlineData("text/plain", "text/plain; charset=utf-8", "404 Not Found\n")]
    public async Task ErrorPage_ByAccept_HasItsForm(string accept, string contentType, string begin)
    {
        await using var rig = await StartAsync(setup => setup.Map("/x", Text("hi")));
        using var client = await rig.ConnectAsync();
        var response = await client.GetAsync("/", accept.Length > 0 ? $"Accept: {accept}\r\n" : "");
        Assert.Equal((404, contentType), (response.Status, response["Content-Type"]));
        Assert.StartsWith(begin, response.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ErrorPage_MiddlewareWroteItsOwn_IsLeftAlone()
    {
        await using var rig = await StartAsync(setup => setup.Map("/", (context, cancellation) =>
        {
            context.Response.StatusCode = 404;
            return context.Response.WriteTextAsync("mine", cancellation: cancellation);
        }));
        using var client = await rig.ConnectAsync();
        Assert.Equal((404, "mine"), ((await client.GetAsync("/")) is var response ? response.Status : 0, response.Text));
    }

    [Fact]
    public async Task ErrorPage_Configured_HasNothingOfHowLongThePageMayBeKept()
    {
        await using var rig = await StartAsync(setup =>
        {
            setup.ErrorPages[404] = "/404.html";
            setup.Map("/404.html", (context, cancellation) =>
            {
                var fields = context.Response.Headers;
                (fields["Cache-Control"], fields["Expires"]) = ("public, max-age=31536000, immutable", "Fri, 31 Dec 9999 23:59:59 GMT");
                (fields["ETag"], fields["Last-Modified"], fields["X-Kept"]) = ("\"a\"", "Fri, 27 Nov 2026 08:00:00 GMT", "1");
                return context.Response.WriteTextAsync("page", cancellation: cancellation);
            });
        });
        using var client = await rig.ConnectAsync();
        var response = await client.GetAsync("/missing");
        Assert.Equal((404, "page", "1"), (response.Status, response.Text, response["X-Kept"]));
        Assert.All(["Cache-Control", "Expires", "ETag", "Last-Modified"], name => Assert.Null(response[name]));
        Assert.NotNull((await client.GetAsync("/404.html"))["Cache-Control"]);
    }

    [Fact]
    public async Task ErrorPage_Configured_KeepsTheStatusAndHidesPreconditions()
    {
        await using var rig = await StartAsync(setup =>
        {
            setup.ErrorPages[404] = "/errors/404.html?x";
            setup.ErrorPages[405] = "/errors/404.html?x";
            setup.Map("/errors/*", (context, cancellation) =>
            {
                var request = context.Request;
                Assert.True(request.Headers.Contains("Accept"));
                Assert.False(request.Headers.Contains("If-None-Match") || request.Headers.Contains("Range"));
                Assert.Equal("", request.Headers["If-None-Match"].ToString());
                Assert.DoesNotContain(request.Headers, field => field.Key is "Range" or "If-None-Match");
                return context.Response.WriteTextAsync($"{request.Method} {request.Path} {request.Query} {request.ContentLength}", cancellation: cancellation);
            });
            setup.Map("/405", (_, _) => throw new HttpException(405) { Headers = { ["Allow"] = "PUT" } });
        });
        using var client = await rig.ConnectAsync();
        const string Fields = "If-None-Match: *\r\nRange: bytes=0-0\r\nAccept: */*\r\n";
        var response = await client.PostAsync("/missing", "body", Fields);
        Assert.Equal((404, "GET /errors/404.html x 0"), (response.Status, response.Text));
        response = await client.GetAsync("/405", Fields);
        Assert.Equal((405, "PUT", "GET /errors/404.html x 0"), (response.Status, response["Allow"], response.Text));
        await client.SendAsync("HEAD /missing HTTP/1.1\r\nHost: a\r\nAccept: */*\r\n\r\n");
        Assert.Equal(404, (await client.ReadAsync(toHead: true)).Status);
        Assert.Equal("GET /errors/404.html x 0", (await client.GetAsync("/errors/404.html?x", "Accept: */*\r\n")).Text);
    }

    [Fact]
    public async Task ErrorPage_ConfiguredButMissing_FallsBack()
    {
        await using var rig = await StartAsync(setup =>
        {
            setup.ErrorPages[404] = "/missing.html";
            setup.ErrorPages[403] = "/throws";
            setup.Map("/403", (_, _) => throw new HttpException(403) { Headers = { ["X-Kept"] = "1" } });
            setup.Map("/throws", (_, _) => throw new HttpException(410));
        });
        using var client = await rig.ConnectAsync();
        var response = await client.GetAsync("/");
        Assert.Equal((404, "text/html; charset=utf-8"), (response.Status, response["Content-Type"]));
        response = await client.GetAsync("/403");
        Assert.Equal((403, "1"), (response.Status, response["X-Kept"]));
        Assert.Equal(2, rig.Logs.At(LogLevel.Warning).Count());
    }

    [Fact]
    public async Task ErrorPage_ConfiguredAndThrows_FallsBack()
    {
        await using var rig = await StartAsync(setup =>
        {
            setup.ErrorPages[500] = "/500.html";
            setup.Use((_, _, _) => throw new InvalidOperationException("broken for every path"));
        });
        using var client = await rig.ConnectAsync();
        for (var round = 0; round < 2; round++)
        {
            var response = await client.GetAsync("/");
            Assert.Equal((500, "text/html; charset=utf-8"), (response.Status, response["Content-Type"]));
        }
    }

    [Fact]
    public async Task LocalRedirect_AnswersWithAnotherPath()
    {
        await using var rig = await StartAsync(setup =>
        {
            setup.Map("/from", (context, cancellation) =>
            {
                context.Response.StatusCode = 201;
                context.Response.Headers["X-Lost"] = "1";
                return context.GetFeature<ILocalRedirectFeature>()!.RedirectAsync("/to%20?q=1", cancellation);
            });
            setup.Map("/to ", (context, cancellation) =>
                context.Response.WriteTextAsync($"{context.Request.Method} {context.Request.Path}?{context.Request.Query}", cancellation: cancellation));
        });
        using var client = await rig.ConnectAsync();
        var response = await client.PostAsync("/from", "body");
        Assert.Equal((200, "GET /to ?q=1", null), (response.Status, response.Text, response["X-Lost"]));
    }

    [Fact]
    public async Task LocalRedirect_OfAbsoluteForm_KeepsItsHost()
    {
        await using var rig = await StartAsync(setup =>
        {
            setup.Map("/from", (context, cancellation) => context.GetFeature<ILocalRedirectFeature>()!.RedirectAsync("/to", cancellation));
            setup.Map("/to", (context, cancellation) =>
                context.Response.WriteTextAsync($"{context.Request.Host} {context.Request.Headers["Host"]}", cancellation: cancellation));
        });
        using var client = await rig.ConnectAsync();
        await client.SendAsync("GET http://b:81/from HTTP/1.1\r\nHost: evil.example\r\n\r\n");
        Assert.Equal("b:81 b:81", (await client.ReadAsync()).Text);
    }

    [Fact]
    public async Task LocalRedirect_InALoopOrMalformed_Is500()
    {
        var count = 0;
        await using var rig = await StartAsync(setup =>
        {
            setup.Map("/loop", (context, cancellation) =>
            {
                count++;
                return context.GetFeature<ILocalRedirectFeature>()!.RedirectAsync("/loop", cancellation);
            });
            setup.Map("/malformed", (context, cancellation) =>
                context.GetFeature<ILocalRedirectFeature>()!.RedirectAsync("http://elsewhere/", cancellation));
        });
        using var client = await rig.ConnectAsync();
        Assert.Equal(500, (await client.GetAsync("/loop")).Status);
        Assert.Equal(11, count);
        Assert.Equal(500, (await client.GetAsync("/malformed")).Status);
    }

    [Fact]
    public async Task AllowedMethods_Others_Are405WithAllowAndUnknownOnes501()
    {
        await using var rig = await StartAsync(setup =>
        {
            foreach (var implicitHead in new[] { true, false })
            {
                var path = implicitHead ? "/implicit" : "/explicit";
                setup.Add(new PipelineEntryOptions
                {
                    ConfigurationPath = path,
                    Pipeline = [setup.Entry((context, _, cancellation) => Text("hi")(context, cancellation))],
                    When = new WhenOptions { Path = [path] },
                    AllowedMethods = ["GET", "PUT"],
                    ImplicitHead = implicitHead,
                });
            }
        });
        using var client = await rig.ConnectAsync();
        foreach (var (method, path, status, allow) in new[]
        {
            ("GET", "/implicit", 200, null), ("HEAD", "/implicit", 200, null), ("PUT", "/implicit", 200, null),
            ("POST", "/implicit", 405, "GET, PUT, HEAD, OPTIONS"), ("FOO", "/implicit", 501, null), ("OPTIONS", "/implicit", 204, "GET, PUT, HEAD, OPTIONS"),
            ("GET", "/explicit", 200, null), ("HEAD", "/explicit", 405, "GET, PUT, OPTIONS"), ("get", "/explicit", 501, null),
        })
        {
            await client.SendAsync($"{method} {path} HTTP/1.1\r\nHost: a\r\n\r\n");
            var response = await client.ReadAsync(toHead: method == "HEAD");
            Assert.Equal((status, allow), (response.Status, response["Allow"]));
        }
    }

    [Fact]
    public async Task MaxRequestBodySize_OfABranch_EndsWithIt()
    {
        await using var rig = await StartAsync(setup =>
        {
            setup.MaxRequestBodySize = 10;
            setup.Add(new PipelineEntryOptions
            {
                ConfigurationPath = "branch",
                When = new WhenOptions { Path = ["/large/*"] },
                MaxRequestBodySize = 100,
                Pipeline = [setup.Entry((context, _, cancellation) => EchoAsync(context, cancellation), new WhenOptions { Path = ["/large/echo"] })],
            });
            setup.Add(new PipelineEntryOptions
            {
                ConfigurationPath = "unlimited",
                When = new WhenOptions { Path = ["/unlimited"] },
                MaxRequestBodySize = 0,
                Use = setup.Register(_ => (context, _, cancellation) => EchoAsync(context, cancellation)),
            });
            setup.Use((context, _, cancellation) => EchoAsync(context, cancellation));
        });
        foreach (var (path, size, status) in new[]
        {
            ("/large/echo", 100, 200), ("/large/echo", 101, 413), ("/large/behind", 10, 200), ("/large/behind", 11, 413),
            ("/unlimited", 20_000, 200), ("/", 10, 200), ("/", 11, 413),
        })
        {
            using var client = await rig.ConnectAsync();
            Assert.Equal(status, (await client.PostAsync(path, new string('x', size))).Status);
        }
    }

    [Fact]
    public async Task Root_WithAliasSemantics_TakesThePrefixAway()
    {
        await using var rig = await StartAsync(setup =>
        {
            var describe = setup.Register(entry => (context, _, cancellation) => context.Response.WriteTextAsync(
                $"{entry.Root} {entry.GetPathBelowRoot(context.Request.Path)} {entry.GetPathBelowMatch(context.Request.Path)} {entry.ResolvePath("x")}",
                cancellation: cancellation));
            setup.Add(new PipelineEntryOptions
            {
                ConfigurationPath = "branch",
                When = new WhenOptions { Path = ["/kapouet/*", "/kapouet/deep/*"] },
                Root = "/srv/www",
                Pipeline =
                [
                    new PipelineEntryOptions { ConfigurationPath = "inner", Use = describe, When = new WhenOptions { Path = ["/kapouet/pouic/*"] } },
                    new PipelineEntryOptions { ConfigurationPath = "rest", Use = describe },
                ],
            });
            setup.Add(new PipelineEntryOptions { ConfigurationPath = "else", Use = describe });
        });
        using var client = await rig.ConnectAsync();
        foreach (var (path, text) in new[]
        {
            ("/kapouet/a/b", "/srv/www /a/b /a/b"), ("/kapouet", "/srv/www / /"), ("/kapouet/", "/srv/www / /"),
            ("/kapouet/deep/x", "/srv/www /x /x"), ("/kapouet/pouic/toto", "/srv/www /pouic/toto /toto"), ("/else", " /else /else"),
        })
        {
            Assert.Equal(text + " /etc/webserv/x", (await client.GetAsync(path)).Text);
        }
    }

    [Fact]
    public async Task When_EveryListThatIsThere_MustMatch()
    {
        await using var rig = await StartAsync(setup =>
        {
            var hit = setup.Register(entry => (context, _, cancellation) => context.Response.WriteTextAsync(entry.ConfigurationPath, cancellation: cancellation));
            setup.Add(new PipelineEntryOptions { ConfigurationPath = "all", Use = hit, When = new WhenOptions { Path = ["/p/*"], Extensions = [".php"], Methods = ["POST"], Hosts = ["*.b"] } });
            setup.Add(new PipelineEntryOptions { ConfigurationPath = "host", Use = hit, When = new WhenOptions { Hosts = ["a.b"] } });
            setup.Add(new PipelineEntryOptions { ConfigurationPath = "extension", Use = hit, When = new WhenOptions { Extensions = [".php", ".py"] } });
            setup.Add(new PipelineEntryOptions { ConfigurationPath = "address", Use = hit, When = new WhenOptions { Hosts = ["[2001:db8::1]"] } });
            setup.Add(new PipelineEntryOptions { ConfigurationPath = "method", Use = hit, When = new WhenOptions { Methods = ["PUT", "DELETE"] } });
        });
        using var client = await rig.ConnectAsync();
        foreach (var (request, expected) in new[]
        {
            ("POST /p/x.php|A.B:80", "all"), ("POST /p/x.php|c", "extension"), ("GET /p/x.php|a.b", "host"), ("POST /q/x.php/info|c", "extension"),
            ("POST /p/x|a.b", "host"), ("GET /|A.b.", "host"), ("GET /|a.b.:80", "host"), ("GET /|[2001:DB8:0::1]:80", "address"), ("DELETE /|c", "method"), ("GET /|c", "404"), ("GET /x.phps|c", "404"), ("GET /x.py|c", "extension"),
        })
        {
            var parts = request.Split('|');
            await client.SendAsync($"{parts[0]} HTTP/1.1\r\nHost: {parts[1]}\r\nAccept: text/plain\r\n\r\n");
            var response = await client.ReadAsync();
            Assert.Equal(expected, response.Status == 404 ? "404" : response.Text);
        }
    }

    [Fact]
    public async Task VirtualServer_ByHost_IsFound()
    {
        await using var rig = await StartAsync(setup =>
        {
            var name = setup.Register(entry => (context, _, cancellation) =>
                context.Response.WriteTextAsync($"{entry.VirtualServer} {context.VirtualServer.Name}", cancellation: cancellation));
            foreach (var (server, hosts) in new (string, string[])[]
            {
                ("first", []), ("exact", ["www.example.com"]), ("suffix", ["*.example.com"]), ("longer", ["*.deep.example.com"]), ("prefix", ["www.*"]), ("six", ["[2001:db8::1]"]),
            })
            {
                setup.Servers.Add(new VirtualServerOptions
                {
                    ConfigurationPath = server,
                    Name = server,
                    Listen = [ServerSetup.Endpoint],
                    HostNames = hosts,
                    Pipeline = [new PipelineEntryOptions { ConfigurationPath = server, Use = name }],
                });
            }
        });
        using var client = await rig.ConnectAsync();
        foreach (var (host, server) in new[]
        {
            ("www.example.com", "exact"), ("WWW.EXAMPLE.COM:80", "exact"), ("www.example.com.", "exact"), ("a.example.com", "suffix"), ("a.b.example.com", "suffix"),
            ("www.deep.example.com", "longer"), ("www.else", "prefix"), ("example.com", "first"), ("[2001:db8::1]:8080", "six"), ("[2001:DB8:0::1]", "six"), ("", "first"),
        })
        {
            await client.SendAsync($"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n");
            Assert.Equal($"{server} {server}", (await client.ReadAsync()).Text);
        }

        await client.SendAsync("GET http://www.example.com/ HTTP/1.1\r\nHost: ignored\r\n\r\n");
        Assert.Equal("exact exact", (await client.ReadAsync()).Text);
        await client.SendAsync("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        Assert.Equal("first first", (await client.ReadAsync()).Text);
    }

    [Fact]
    public async Task Generation_Retired_WaitsForTheRequestsInside()
    {
        var reached = NewSignal();
        var go = NewSignal();
        TestCatalog? catalog = null;
        await using var rig = await StartAsync(setup =>
        {
            catalog = setup.Catalog;
            setup.Map("/slow", async (context, cancellation) =>
            {
                reached.SetResult();
                await go.Task;
                await context.Response.WriteTextAsync("old", cancellation: cancellation);
            });
            setup.Use((context, _, cancellation) => Text("old")(context, cancellation));
        });
        using var slow = await rig.ConnectAsync();
        using var client = await rig.ConnectAsync();
        await slow.SendAsync("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
        await reached.Task;
        Assert.Equal("old", (await client.GetAsync("/")).Text);
        var old = await rig.SwapAsync(setup => setup.Use((context, _, cancellation) => Text("new")(context, cancellation)));
        Assert.Equal("new", (await client.GetAsync("/")).Text);
        var retiring = old.RetireAsync(null, TimeSpan.FromSeconds(20), rig.Http.Cancel, TimeProvider.System);
        Assert.False(Assert.Single(old.Servers.Servers).Lifetime.Drained.IsCompleted);
        Assert.Empty(catalog!.Disposed);
        go.SetResult();
        Assert.Equal("old", (await slow.ReadAsync()).Text);
        await retiring;
        Assert.False(Assert.Single(old.Servers.Servers).Lifetime.TryEnter());
        Assert.Equal(["Test0", "Test1"], catalog.Disposed);
        Assert.Equal("new", (await slow.GetAsync("/")).Text);
    }

    [Fact]
    public async Task Generation_RetiredWithARequestThatDoesNotEnd_CancelsItAndNoOther()
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var rig = await StartAsync(setup => setup.Map("/slow", async (_, cancellation) =>
        {
            reached.SetResult();
            await using var registration = cancellation.Register(cancelled.SetResult);
            await cancelled.Task;
            cancellation.ThrowIfCancellationRequested();
        }));
        using var slow = await rig.ConnectAsync();
        using var idle = await rig.ConnectAsync();
        Assert.Equal(404, (await idle.GetAsync("/")).Status);
        await slow.SendAsync("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
        await reached.Task;
        var old = await rig.SwapAsync(setup => setup.Use((context, _, cancellation) => Text("new")(context, cancellation)));

        await old.RetireAsync(null, TimeSpan.Zero, rig.Http.Cancel, TimeProvider.System);

        await cancelled.Task;
        Assert.True(Assert.Single(old.Servers.Servers).Lifetime.Drained.IsCompletedSuccessfully);
        Assert.Equal("new", (await idle.GetAsync("/")).Text);
    }

    [Fact]
    public async Task Generation_NextHasTheSameServer_RequestsAndUpgradesInsideGoOn()
    {
        var (reached, go) = (NewSignal(), NewSignal());
        CancellationToken told = default;
        await using var rig = await StartAsync(setup => setup.Map("/slow", async (context, cancellation) =>
        {
            told = Http1Context.From(context).VirtualServer.Lifetime.Retiring;
            reached.SetResult();
            await go.Task.WaitAsync(cancellation);
            await context.Response.WriteTextAsync("done", cancellation: cancellation);
        }));
        using var slow = await rig.ConnectAsync();
        await slow.SendAsync("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
        await reached.Task;
        var old = rig.Pipelines.Current;
        rig.Pipelines.Swap(new PipelineGeneration(2, new VirtualServerTable(old.Servers.Servers)));
        rig.Http.Forget(old);

        await old.RetireAsync(rig.Pipelines.Current, TimeSpan.Zero, rig.Http.Cancel, TimeProvider.System);

        Assert.False(told.IsCancellationRequested);
        go.SetResult();
        Assert.Equal("done", (await slow.ReadAsync()).Text);
        Assert.Equal(404, (await slow.GetAsync("/")).Status);
    }

    [Fact]
    public async Task RequestBody_ReadIsCancelledWhilePending_EndsAndTheConnectionGoesOn()
    {
        await using var rig = await StartAsync(setup => setup.Map("/", async (context, cancellation) =>
        {
            using var impatience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            var read = context.Request.Body.ReadAsync(new byte[10], impatience.Token);
            await impatience.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await read);
            await context.Response.WriteTextAsync("answered", cancellation: cancellation);
        }));
        using var client = await rig.ConnectAsync();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n");
        Assert.Equal("answered", (await client.ReadAsync()).Text);
        await client.SendAsync("abcPOST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n");
        Assert.Equal("answered", (await client.ReadAsync()).Text);
    }

    [Fact]
    public async Task EmptyLineBehindABody_LeavesTheConnectionIdle()
    {
        await using var rig = await StartAsync(setup =>
        {
            setup.Limits.RequestHeadTimeout = TimeSpan.FromMilliseconds(300);
            setup.Map("/", Text("hi"));
        });
        using var client = await rig.ConnectAsync();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc\r\n");
        Assert.Equal("hi", (await client.ReadAsync()).Text);

        // Longer than a head may take: an idle connection is not told 408.
        using var other = await rig.ConnectAsync();
        await other.SendAsync("GET / HT");
        Assert.Equal(408, (await other.ReadAsync()).Status);
        Assert.Equal("hi", (await client.GetAsync("/")).Text);
    }

    [Fact]
    public async Task Generation_WithoutTheEndpoint_Is421()
    {
        await using var rig = await StartAsync(setup => setup.Map("/", Text("hi")));
        using var client = await rig.ConnectAsync();
        Assert.Equal(200, (await client.GetAsync("/")).Status);
        await rig.SwapAsync(setup => setup.Servers.Add(new VirtualServerOptions
        {
            ConfigurationPath = "else",
            Name = "else",
            Listen = [ServerSetup.Endpoint with { Port = 1 }],
        }));
        Assert.Equal(421, (await client.GetAsync("/")).Status);
        await client.AssertClosedAsync();
    }

    [Fact]
    public async Task MissingMiddleware_OfAFailedPlugin_Is503()
    {
        await using var rig = await StartAsync(setup =>
        {
            setup.Catalog.FailedPlugins = ["Broken"];
            setup.Add(new PipelineEntryOptions { ConfigurationPath = "x", Use = "Gone", When = new WhenOptions { Path = ["/gone"] } });
            setup.Map("/", Text("hi"));
        });
        using var client = await rig.ConnectAsync();
        Assert.Equal(503, (await client.GetAsync("/gone")).Status);
        Assert.Equal(200, (await client.GetAsync("/")).Status);
    }
}
