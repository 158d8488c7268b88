using System.Globalization;
using System.Security.Principal;
using System.Text.RegularExpressions;
using Webserv.Abstractions.Http;
using Webserv.Host.Configuration;
using Webserv.Host.Proxies;

namespace Webserv.Host.Tests.Server;

/// <summary>One line for each request, whatever became of it.</summary>
public abstract partial class ServerTests
{
    private readonly TaskCompletionSource _waits = NewSignal();

    [Fact]
    public async Task AccessLog_Answers_AreLoggedWithStatusAndBodyBytes()
    {
        int missing = 0, failed = 0;
        var lines = await LogAsync(async rig =>
        {
            using var client = await rig.ConnectAsync();
            await client.GetAsync("/text?x=1", "Referer: http://r/\r\nUser-Agent: a\"b\r\n");
            await client.PostAsync("/echo", "12345");
            await client.SendAsync("HEAD /text HTTP/1.1\r\nHost: a\r\n\r\n");
            await client.ReadAsync(toHead: true);
            missing = (await client.GetAsync("/nothing")).Body.Length;
            await client.GetAsync("/user");
            failed = (await client.GetAsync("/throws")).Body.Length;
            await client.GetAsync("/moved");
        });
        Assert.Equal(
            [
                "- \"GET /text?x=1 HTTP/1.1\" 200 5 \"http://r/\" \"a\\x22b\"",
                "- \"POST /echo HTTP/1.1\" 200 5 \"-\" \"-\"",
                "- \"HEAD /text HTTP/1.1\" 200 0 \"-\" \"-\"",
                $"- \"GET /nothing HTTP/1.1\" 404 {missing} \"-\" \"-\"",
                "anna\\x20b \"GET /user HTTP/1.1\" 200 5 \"-\" \"-\"",
                $"- \"GET /throws HTTP/1.1\" 500 {failed} \"-\" \"-\"",
                "- \"GET /moved HTTP/1.1\" 200 5 \"-\" \"-\"",
            ],
            lines);
    }

    [Fact]
    public async Task AccessLog_RefusedRequests_AreLoggedWithWhatIsKnown()
    {
        var lines = await LogAsync(async rig =>
        {
            foreach (var request in (string[])[
                "GET / HTTP/1.1\r\nUser-Agent: x\r\n\r\n",
                "GET /%zz HTTP/1.1\r\nHost: a\r\nReferer: r\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
                "\u0016\u0003\r\n\r\n",
                $"GET /{new string('a', 400)} HTTP/1.1\r\nHost: a\r\n\r\n"])
            {
                await rig.ExchangeAsync(request);
            }
        }, setup => setup.Limits.MaxRequestLineSize = 300);
        Assert.Equal(
            [
                $"- \"GET / HTTP/1.1\" 400 {ErrorPageLength(400)} \"-\" \"-\"",
                $"- \"GET / HTTP/1.1\" 400 {ErrorPageLength(400)} \"-\" \"x\"",
                $"- \"GET /%zz HTTP/1.1\" 400 {ErrorPageLength(400)} \"r\" \"-\"",
                $"- \"GET /{new string('a', 400)} HTTP/1.1\" 414 {ErrorPageLength(414)} \"-\" \"-\"",
                $"- \"\\x16\\x03\" 400 {ErrorPageLength(400)} \"-\" \"-\"",
            ],
            lines.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task AccessLog_HeadTakesTooLong_IsLogged408()
    {
        var lines = await LogAsync(
            async rig =>
            {
                using var client = await rig.ConnectAsync();
                await client.SendAsync("GET /slow HTTP/1.1\r\nHo");
                Assert.Equal(408, (await client.ReadAsync()).Status);
            },
            setup => setup.Limits.RequestHeadTimeout = TimeSpan.FromMilliseconds(300));
        Assert.Equal([$"- \"GET /slow HTTP/1.1\" 408 {ErrorPageLength(408)} \"-\" \"-\""], lines);
    }

    [Fact]
    public async Task AccessLog_ClientLeavesBeforeTheAnswer_IsLogged499()
    {
        var lines = await LogAsync(async rig =>
        {
            using (var first = await rig.ConnectAsync())
            {
                await first.SendAsync("GET /half");
                first.ShutdownSend();
                Assert.Empty(await first.ReadToEndAsync());
            }

            using var second = await rig.ConnectAsync();
            await second.SendAsync("GET /waits HTTP/1.1\r\nHost: a\r\n\r\n");
            await _waits.Task.WaitAsync(second.Token);
            second.Reset();
            await rig.WaitUntilIdleAsync();
        });
        Assert.Equal(["- \"GET /half\" 499 0 \"-\" \"-\"", "- \"GET /waits HTTP/1.1\" 499 0 \"-\" \"-\""], lines.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task AccessLog_AnswerCut_IsLoggedWithItsStatusAndAsAborted()
    {
        var lines = await LogAsync(async rig =>
        {
            using var client = await rig.ConnectAsync();
            await client.SendAsync("GET /cut HTTP/1.1\r\nHost: a\r\n\r\n");
            await client.ReadToWhateverEndAsync();
        }, format: AccessLogFormat.Json);
        Assert.Matches("\"target\":\"/cut\",.*\"status\":200,\"bytes\":3,\"duration\":0[.][0-9]{6},\"aborted\":true}$", Assert.Single(lines));
    }

    [Fact]
    public async Task AccessLog_BehindATrustedProxy_NamesTheClient()
    {
        Assert.Null(Network.Parse("127.0.0.1", out var network));
        var lines = await LogAsync(
            async rig =>
            {
                using var client = await rig.ConnectAsync();
                await client.GetAsync("/text", "X-Forwarded-For: 203.0.113.7\r\n");
                await client.GetAsync("/text", "X-Forwarded-For: 2001:db8::7\r\n");
                await client.GetAsync("/text");
            },
            setup => setup.Proxies = new ProxiesOptions { TrustedNetworks = new NetworkSet([network], includesUnix: false) },
            whole: true);
        Assert.Equal(["203.0.113.7", "2001:db8::7", "127.0.0.1"], lines.Select(line => line.Split(' ')[0]));
    }

    private static string ErrorPageLength(int status) =>
        Webserv.Host.Pipeline.ErrorPage.Render(status, "text/html", null).Body.Length.ToString(CultureInfo.InvariantCulture);

    /// <summary>The lines without client and time, unless all of them is wanted.</summary>
    private async Task<string[]> LogAsync(
        Func<ServerRig, Task> act, Action<ServerSetup>? configure = null, AccessLogFormat format = AccessLogFormat.Combined, bool whole = false)
    {
        using var folder = new TemporaryFolder();
        var file = folder.Combine("access.log");
        await using (var rig = await StartAsync(setup =>
        {
            setup.AccessLog = new AccessLogOptions
            {
                ConfigurationPath = "Webserv:AccessLog",
                Format = format,
                File = new LogFileOptions(file, UnixFileMode.UserRead | UnixFileMode.UserWrite, 32 * 1024, TimeSpan.FromSeconds(1), 1 << 20),
            };
            setup.Map("/text", Text("hello"));
            setup.Map("/echo", EchoAsync);
            setup.Map("/user", (context, cancellation) =>
            {
                context.GetFeature<IUserFeature>()!.User = new GenericIdentity("anna b");
                return context.Response.WriteTextAsync("hello", cancellation: cancellation);
            });
            setup.Map("/moved", (context, cancellation) => context.GetFeature<ILocalRedirectFeature>()!.RedirectAsync("/text", cancellation));
            setup.Map("/throws", (_, _) => throw new InvalidOperationException("no"));
            setup.Map("/waits", async (_, cancellation) =>
            {
                _waits.TrySetResult();
                await Task.Delay(Timeout.Infinite, cancellation);
            });
            setup.Map("/cut", async (context, cancellation) =>
            {
                await context.Response.Body.WriteAsync("abc"u8.ToArray(), cancellation);
                await context.Response.Body.FlushAsync(cancellation);
                throw new InvalidOperationException("cut");
            });
            configure?.Invoke(setup);
        }))
        {
            await act(rig);
        }

        var lines = await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken);
        return whole || format == AccessLogFormat.Json
            ? lines
            : [.. lines.Select(line => Regex.Replace(line, @"^\S+ - (\S+) \[\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\] ", "$1 "))];
    }
}
