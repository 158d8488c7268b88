using Microsoft.Extensions.Logging;
using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;

namespace Webserv.Host.Tests.Server;

/// <summary>Middleware that do what they should not: it costs their own request, and one entry in the log.</summary>
public abstract partial class ServerTests
{
    private const int Cut = 0;

    private static readonly Dictionary<string, (int Status, int Entries, Func<IHttpContext, RequestDelegate, CancellationToken, Task> Run)> Misuses = new()
    {
        ["throws"] = (500, 1, (_, _, _) => throw new InvalidOperationException("thrown")),
        ["throws later"] = (500, 1, async (_, _, _) =>
        {
            await Task.Yield();
            throw new InvalidOperationException("thrown");
        }
        ),
        ["throws after the start"] = (Cut, 1, async (context, _, cancellation) =>
        {
            await StreamAsync(context, cancellation);
            throw new InvalidOperationException("thrown");
        }
        ),
        ["throws an HttpException after the start"] = (Cut, 1, async (context, _, cancellation) =>
        {
            await StreamAsync(context, cancellation);
            throw new HttpException(503);
        }
        ),
        ["throws a field that splits"] = (500, 1, (_, _, _) => throw new HttpException(429) { Headers = { ["X"] = "a\r\nEvil: 1" } }),
        ["redirects to a location that splits"] = (500, 1, (context, _, _) =>
        {
            context.Response.Redirect("/a\r\nEvil: 1");
            return Task.CompletedTask;
        }
        ),
        ["redirects to a target that splits"] = (500, 0, (context, _, cancellation) =>
            context.GetFeature<ILocalRedirectFeature>()!.RedirectAsync("/a\r\nEvil: 1", cancellation)),
        ["returns no task"] = (500, 1, (_, _, _) => null!),
        ["never reads the body"] = (200, 0, (context, _, cancellation) => context.Response.WriteTextAsync("good", cancellation: cancellation)),
        ["calls next twice"] = (500, 1, async (context, next, cancellation) =>
        {
            await next(context, cancellation);
            await next(context, cancellation);
        }
        ),
        ["calls next twice, flushed between"] = (Cut, 1, async (context, next, cancellation) =>
        {
            await next(context, cancellation);
            await context.Response.Body.FlushAsync(cancellation);
            await next(context, cancellation);
        }
        ),
        ["writes more"] = (500, 1, (context, _, cancellation) => WriteAsync(context, 3, "good", flush: false, cancellation)),
        ["writes less"] = (500, 1, (context, _, cancellation) => WriteAsync(context, 5, "good", flush: false, cancellation)),
        ["writes nothing of what it declared"] = (500, 1, (context, _, _) =>
        {
            context.Response.ContentLength = 5;
            return Task.CompletedTask;
        }
        ),
        ["writes more after the start"] = (Cut, 1, (context, _, cancellation) => WriteAsync(context, 3, "good", flush: true, cancellation)),
        ["writes less after the start"] = (Cut, 1, (context, _, cancellation) => WriteAsync(context, 5, "good", flush: true, cancellation)),
        ["writes more and does not care"] = (Cut, 1, async (context, _, cancellation) =>
        {
            Assert.NotNull(await Record.ExceptionAsync(() => WriteAsync(context, 3, "good", flush: true, cancellation)));
        }
        ),
        ["writes more than 200 KB of less"] = (Cut, 1, (context, _, cancellation) => WriteAsync(context, 200_000, new string('x', 300_000), flush: false, cancellation)),
    };

    public static TheoryData<string> MisuseNames => [.. Misuses.Keys];

    [Theory]
    [MemberData(nameof(MisuseNames))]
    public async Task Misuse_CostsItsRequestAndOneEntry(string name)
    {
        var (status, entries, run) = Misuses[name];
        await using var rig = await StartAsync(setup =>
        {
            setup.Use((context, next, cancellation) => context.Request.Path == "/misuse" ? run(context, next, cancellation) : next(context, cancellation));
            setup.Use((context, _, cancellation) => context.Response.WriteTextAsync("good", cancellation: cancellation));
        });
        using var other = await rig.ConnectAsync();
        Assert.Equal("good", (await other.GetAsync("/")).Text);
        for (var round = 1; round <= 2; round++)
        {
            using var client = await rig.ConnectAsync();
            await client.SendAsync("POST /misuse HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello");
            if (status == Cut)
            {
                Assert.False((await client.ReadToWhateverEndAsync()).InOrder, "a client takes it for complete");
            }
            else
            {
                var response = await client.ReadAsync();
                Assert.Equal((status, null), (response.Status, response["Evil"]));
                Assert.Equal("good", (await client.GetAsync("/")).Text);
            }

            Assert.Equal("good", (await other.GetAsync("/")).Text);
            var expected = round * entries;
            await ServerRig.WaitAsync(() => Errors(rig).Length >= expected, () => $"{Errors(rig).Length} entries in place of {expected}");
            Assert.Equal(expected, Errors(rig).Length);
        }
    }

    [Fact]
    public async Task Context_KeptBeyondTheRequest_ReachesNoOtherRequest()
    {
        IHttpContext? kept = null;
        var (reached, release) = (NewSignal(), NewSignal());
        await using var rig = await StartAsync(setup =>
        {
            setup.Map("/keep", (context, _) =>
            {
                kept = context;
                return Task.CompletedTask;
            });
            setup.Map("/next", async (context, cancellation) =>
            {
                context.Items["secret"] = "secret";
                reached.SetResult();
                await release.Task;
                await EchoAsync(context, cancellation);
            });
        });
        using var client = await rig.ConnectAsync();
        Assert.Equal(200, (await client.GetAsync("/keep")).Status);

        // The same connection, and so the same objects behind what was kept.
        await client.SendAsync("POST /next HTTP/1.1\r\nHost: a\r\nCookie: secret\r\nContent-Length: 5\r\n\r\nhello");
        await reached.Task;
        var buffer = new byte[5];
        var context = kept!;
        Action[] uses =
        [
            () => context.Response.StatusCode = 404,
            () => _ = context.Response.StatusCode,
            () => _ = context.Response.HasStarted,
            () => context.Response.ContentLength = 3,
            () => context.Response.Headers["Evil"] = "1",
            () => context.Response.Headers.Append("Evil", "1"),
            () => _ = context.Response.Headers.Count,
            () => _ = context.Response.Headers.ToArray(),
            () => context.Response.OnStarting(() => throw new InvalidOperationException("evil")),
            () => _ = context.Response.Body.WriteAsync("evil"u8.ToArray(), client.Token).AsTask(),
            () => _ = context.Response.Body.FlushAsync(client.Token),
            () => _ = context.Response.SendFileAsync("/etc/hostname", 0, null, client.Token),
            () => _ = context.Request.Body.ReadAsync(buffer, client.Token).AsTask(),
            () => context.Request.MaxBodySize = 1,
            () => _ = context.Request.Headers["Cookie"],
            () => _ = context.Request.Headers.Contains("Cookie"),
            () => _ = context.Request.Path,
            () => _ = context.Request.RawTarget,
            () => _ = context.Request.Method,
            () => _ = context.Request.Query,
            () => _ = context.Request.Host,
            () => _ = context.Request.ContentLength,
            () => _ = context.Items["secret"],
            () => _ = context.TraceId,
            () => _ = context.VirtualServer,
            () => _ = context.Connection,
            () => _ = context.GetFeature<IUserFeature>(),
            () => ((IUserFeature)context).User = new System.Security.Principal.GenericIdentity("evil"),
            () => ((IAllowedMethodsFeature)context).Add("EVIL"),
            () => _ = ((IRequestTrailersFeature)context).AreAvailable,
            () => _ = ((ILocalRedirectFeature)context).RedirectAsync("/keep", client.Token),
        ];
        Assert.All(uses, use => Assert.Throws<ObjectDisposedException>(use));
        release.SetResult();
        var response = await client.ReadAsync();
        Assert.Equal((200, "hello", "5", null), (response.Status, response.Text, response["X-Length"], response["Evil"]));
        Assert.Single(Errors(rig));
    }

    [Fact]
    public async Task Streams_WrittenToByAStrayTask_ReachNoOtherAnswer()
    {
        var strays = new System.Collections.Concurrent.ConcurrentBag<Task<bool>>();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        await using var rig = await StartAsync(setup =>
        {
            setup.Map("/stray", (context, _) =>
            {
                var body = context.Response.Body;
                strays.Add(Task.Run(async () =>
                {
                    while (!patience.IsCancellationRequested)
                    {
                        try
                        {
                            await body.WriteAsync("EVIL"u8.ToArray(), CancellationToken.None);
                            await context.Response.Body.FlushAsync(CancellationToken.None);
                        }
                        catch (ObjectDisposedException)
                        {
                            return true;
                        }
                        catch (Exception exception) when (exception is InvalidOperationException or IOException)
                        {
                            // It came while the answer was made, or the connection was given up for it.
                        }
                    }

                    return false;
                }, CancellationToken.None));
                return Task.CompletedTask;
            });
            setup.Map("/good", Text("good"));
        });
        using var good = await rig.ConnectAsync();
        good.BePatient(TimeSpan.FromMinutes(2));
        for (var round = 0; round < 100; round++)
        {
            using var bad = await rig.ConnectAsync();
            await bad.SendAsync("GET /stray HTTP/1.1\r\nHost: a\r\n\r\nGET /good HTTP/1.1\r\nHost: a\r\n\r\n");
            bad.ShutdownSend();
            var response = await good.GetAsync("/good");
            Assert.Equal((200, "good"), (response.Status, response.Text));
            var (octets, inOrder) = await bad.ReadToWhateverEndAsync();
            Assert.True(!inOrder || octets.EndsWith("\r\n\r\ngood", StringComparison.Ordinal), octets);
        }

        Assert.DoesNotContain(false, await Task.WhenAll(strays));
    }

    [Fact]
    public async Task NeverReturns_OthersAreServedAndTheServerStopsAllTheSame()
    {
        var (reached, release, left) = (NewSignal(), NewSignal(), NewSignal());
        await using var rig = await StartAsync(setup =>
        {
            setup.Map("/never", async (_, _) =>
            {
                reached.SetResult();
                await release.Task;
                left.SetResult();
            });
            setup.Map("/good", Text("good"));
        });
        using var never = await rig.ConnectAsync();
        using var good = await rig.ConnectAsync();
        await never.SendAsync("GET /never HTTP/1.1\r\nHost: a\r\n\r\nGET /good HTTP/1.1\r\nHost: a\r\n\r\n");
        await reached.Task;
        for (var round = 0; round < 10; round++)
        {
            Assert.Equal("good", (await good.GetAsync("/good")).Text);
        }

        // The deadline of the stop, not the middleware, decides when it is over.
        Assert.False(await rig.Http.StopAsync(TimeSpan.FromMilliseconds(200)));
        Assert.Equal(("", false), await never.ReadToWhateverEndAsync());
        release.SetResult();
        await left.Task;
    }

    [Fact]
    public async Task NeverReturns_ClientIsGone_IsToldByTheToken()
    {
        var (reached, told) = (NewSignal(), NewSignal());
        await using var rig = await StartAsync(setup => setup.Map("/never", async (_, cancellation) =>
        {
            using var registration = cancellation.Register(told.SetResult);
            reached.SetResult();
            await told.Task;
        }));
        using var client = await rig.ConnectAsync();
        await client.SendAsync("GET /never HTTP/1.1\r\nHost: a\r\n\r\n");
        await reached.Task;
        client.BePatient(TimeSpan.FromMinutes(1));
        client.Reset();
        await told.Task.WaitAsync(client.Token);
        await rig.WaitUntilIdleAsync();
        Assert.Empty(Errors(rig));
    }

    private static string[] Errors(ServerRig rig) => [.. rig.Logs.At(LogLevel.Error)];

    private static async Task WriteAsync(IHttpContext context, int declared, string body, bool flush, CancellationToken cancellation)
    {
        context.Response.ContentLength = declared;
        if (flush)
        {
            await context.Response.Body.FlushAsync(cancellation);
        }

        await context.Response.Body.WriteAsync(System.Text.Encoding.ASCII.GetBytes(body), cancellation);
    }
}
