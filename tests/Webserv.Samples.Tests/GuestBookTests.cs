using System.Reflection;
using Microsoft.Extensions.Time.Testing;
using SQLitePCL;
using Webserv.Samples.GuestBook;
using Webserv.Testing.Http;
using Webserv.Testing.Pipeline;
using Webserv.Testing.Plugins;

namespace Webserv.Samples.Tests;

public sealed class GuestBookTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("guest-book-");
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Database => Path.Combine(_directory.FullName, "guestbook.db");

    /// <summary>The plugin in the folder of its build, whose native library no other test uses.</summary>
    private static string PluginFile => typeof(GuestBookTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "GuestBook").Value!;

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task InvokeAsync_SignedEntry_IsShownAndOutlivesThePlugin()
    {
        await using (var host = await StartAsync())
        {
            var signed = await SignAsync(host, "name=J%C3%BCrgen+A&message=one%0D%0Atwo&other=x");
            Assert.Equal((303, "/guest%20book"), (signed.StatusCode, signed.Headers["Location"].ToString()));
            Assert.True(File.Exists(Database + "-wal"));
        }

        // Closed: all of it is in the one file.
        Assert.Equal(["guestbook.db"], _directory.GetFiles().Select(file => file.Name));
        await using var again = await StartAsync();
        var page = await ShowAsync(again);
        Assert.Equal((200, "text/html; charset=utf-8"), (page.StatusCode, page.Headers["Content-Type"].ToString()));
        Assert.Contains("<h2 dir=\"auto\">Jürgen A</h2><time>2026-01-02 03:04Z</time><p class=\"text\" dir=\"auto\">one&#xA;two</p>", page.BodyText, StringComparison.Ordinal);
        var head = await again.SendAsync(TestHttpContext.Head("/guest%20book"), Cancellation);
        Assert.Equal((200, page.ContentLength), (head.StatusCode, head.ContentLength));
    }

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("\"><img src=x onerror=alert(1)>")]
    [InlineData("' autofocus onfocus='alert(1)")]
    [InlineData("</textarea></title></style><script>alert(1)</script>")]
    [InlineData("&lt;b&gt; &amp;")]
    [InlineData("'); DROP TABLE entries; --")]
    public async Task InvokeAsync_Markup_IsTextEverywhere(string attack)
    {
        await using var host = await StartAsync(options => options.Title = attack);
        await SignAsync(host, $"name={Uri.EscapeDataString(attack)}&message={Uri.EscapeDataString(attack)}");

        // In the form again, since there is no message.
        var refused = await SignAsync(host, $"name={Uri.EscapeDataString(attack)}&message=");
        Assert.Equal(422, refused.StatusCode);
        foreach (var (page, count) in ((TestHttpResponse, int)[])[(await ShowAsync(host), 4), (refused, 5)])
        {
            var text = page.BodyText;
            Assert.DoesNotContain("<script", text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("<img", text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("' autofocus", text, StringComparison.Ordinal);
            Assert.DoesNotContain(attack, text, StringComparison.Ordinal);
            Assert.Equal(count, text.Split(System.Text.Encodings.Web.HtmlEncoder.Default.Encode(attack)).Length - 1);
            var policy = page.Headers["Content-Security-Policy"].ToString();
            Assert.StartsWith("default-src 'none'; style-src 'sha256-", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task InvokeAsync_ManyEntries_ComeInPagesAndTheOldestGo()
    {
        await using var host = await StartAsync(options => (options.MaxEntries, options.PageSize) = (5, 2));
        for (var number = 1; number <= 7; number++)
        {
            await SignAsync(host, $"name=n{number}&message=m");
        }

        Assert.Equal("n7 n6 before=6", Summarize(await ShowAsync(host)));
        Assert.Equal("n5 n4 before=4", Summarize(await ShowAsync(host, "?before=6")));
        Assert.Equal("n3", Summarize(await ShowAsync(host, "?before=4")));
        Assert.Equal("", Summarize(await ShowAsync(host, "?before=3")));
        Assert.Equal(400, (await ShowAsync(host, "?before=x")).StatusCode);
    }

    [Theory]
    [InlineData("name=&message=b", 422)]
    [InlineData("message=b", 422)]
    [InlineData("", 422)]
    [InlineData("name=a%00b&message=b", 422)]
    [InlineData("name=a&message=12345678901", 422)]
    [InlineData("name=a&message=%ff", 400)]
    public async Task InvokeAsync_FormThatIsNotAsItMustBe_IsRefused(string form, int status)
    {
        await using var host = await StartAsync(options => options.MaxMessageLength = 10);
        Assert.Equal(status, (await SignAsync(host, form)).StatusCode);
        Assert.Equal("", Summarize(await ShowAsync(host)));
        Assert.Equal(413, (await SignAsync(host, "name=" + new string('x', 10_000))).StatusCode);
        Assert.Equal(415, (await host.SendAsync(TestHttpContext.Post("/").WithBody("name=a&message=b"), Cancellation)).StatusCode);
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site", 403)]
    [InlineData("Sec-Fetch-Site", "same-site", 403)]
    [InlineData("Sec-Fetch-Site", "same-origin", 303)]
    [InlineData("Origin", "null", 403)]
    [InlineData("Origin", "http://evil.example", 403)]
    [InlineData("Origin", "http://localhost", 303)]
    public async Task InvokeAsync_FormOfAnotherSite_Is403(string field, string value, int status)
    {
        await using var host = await StartAsync();
        Assert.Equal(status, (await host.SendAsync(Form("name=a&message=b").WithHeader(field, value), Cancellation)).StatusCode);
    }

    [Fact]
    public async Task InvokeAsync_OtherMethod_Is405()
    {
        await using var host = await StartAsync();
        var response = await host.SendAsync(TestHttpContext.Delete("/"), Cancellation);
        Assert.Equal((405, "GET, HEAD, POST, OPTIONS"), (response.StatusCode, response.Headers["Allow"].ToString()));
    }

    [Fact]
    public async Task InvokeAsync_LockedByAnotherProgram_Is503AndThenGoesOn()
    {
        await using var host = await StartAsync(options => options.BusyTimeout = TimeSpan.FromMilliseconds(1));
        raw.sqlite3_open(Database, out var other);
        using (other)
        {
            raw.sqlite3_exec(other, "BEGIN IMMEDIATE");
            var refused = await SignAsync(host, "name=a&message=b");
            Assert.Equal((503, "5"), (refused.StatusCode, refused.Headers["Retry-After"].ToString()));

            // Whoever reads waits for nobody: that is what WAL is for.
            Assert.Equal("", Summarize(await ShowAsync(host)));
            raw.sqlite3_exec(other, "ROLLBACK");
        }

        Assert.Equal(303, (await SignAsync(host, "name=a&message=b")).StatusCode);
    }

    [Fact]
    public async Task InvokeAsync_ManyAtOnceInTwoGenerations_LoseNothing()
    {
        await using var old = await StartAsync();
        await using var current = await StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(number => Task.Run(() => SignAsync(number % 2 == 0 ? old : current, $"name=n{number}&message=m"), Cancellation)));
        var names = Summarize(await ShowAsync(old)).Split(' ');
        Assert.Equal(Enumerable.Range(0, 20).Select(number => $"n{number}").Order(), names.Order());
        Assert.Equal(names, Summarize(await ShowAsync(current)).Split(' '));
    }

    [Fact]
    public async Task InvokeAsync_RequestThatOutlivesThePlugin_DoesNotOpenItAgain()
    {
        var host = await StartAsync();
        var middleware = host.Pipeline[0];
        await host.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => Form("name=a&message=b").SendAsync(middleware, Cancellation));
        Assert.Equal(0, CountOpen());
    }

    [Fact]
    public async Task InitializeAsync_WhatIsNoDatabase_IsSaid()
    {
        await File.WriteAllTextAsync(Database, new string('x', 5000), Cancellation);
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync());
        Assert.Equal($"Database: {Database}: file is not a database (SQLite 26)", exception.Message);
        await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(options => options.Database = "/nowhere/x.db"));
    }

    [Fact]
    public async Task InitializeAsync_DatabaseOfANewerVersion_IsLeftAlone()
    {
        await using (await StartAsync())
        {
            raw.sqlite3_open(Database, out var other);
            using (other)
            {
                raw.sqlite3_exec(other, "PRAGMA user_version = 2");
            }
        }

        await Assert.ThrowsAsync<InvalidDataException>(() => StartAsync());
    }

    [Fact]
    public async Task Validate_EveryMistake_IsReported()
    {
        await using var host = await PluginHost.CreateAsync<GuestBookPlugin>(cancellation: Cancellation);
        var failures = host.Validate<GuestBookOptions>(
            "GuestBook",
            options => (options.MaxEntries, options.PageSize, options.MaxMessageLength, options.BusyTimeout) = (0, 0, 0, TimeSpan.FromHours(1)));
        Assert.Equal(
            ["Database", "MaxEntries", "PageSize", "MaxMessageLength", "BusyTimeout"], failures.Select(failure => failure[..failure.IndexOf(':', StringComparison.Ordinal)]));
    }

    [Fact]
    public async Task Plugin_Unloaded_LeavesMemoryWithItsNativeLibrary()
    {
        // More than once: the second time it is loaded again from the same file.
        for (var number = 1; number <= 2; number++)
        {
            await PluginUnload.AssertUnloadsAsync(
                PluginFile,
                async host =>
                {
                    await host.UseAsync("GuestBook", new Dictionary<string, object?> { ["Database"] = Database }, cancellation: Cancellation);
                    Assert.Equal(303, (await SignAsync(host, $"name=n{number}&message=m")).StatusCode);
                    Assert.Equal(number == 1 ? "n1" : "n2 n1", Summarize(await ShowAsync(host)));
                    Assert.True(IsMapped());
                },
                Cancellation);
            Assert.False(IsMapped());
        }
    }

    [Fact]
    public async Task Plugin_TwoGenerationsWithTheirOwnLibraries_TakeTurns()
    {
        await using var current = await StartAsync();
        await PluginUnload.AssertUnloadsAsync(
            PluginFile,
            async old =>
            {
                await old.UseAsync("GuestBook", new Dictionary<string, object?> { ["Database"] = Database }, cancellation: Cancellation);
                for (var number = 1; number <= 6; number++)
                {
                    await SignAsync(number % 2 == 0 ? old : current, $"name=n{number}&message=m");

                    // One of them at a time has the file open: the other's locks would go with what it closes.
                    Assert.Equal(1, CountOpen());
                }

                Assert.Equal("n6 n5 n4 n3 n2 n1", Summarize(await ShowAsync(old)));
            },
            Cancellation);
        Assert.Equal("n6 n5 n4 n3 n2 n1", Summarize(await ShowAsync(current)));
    }

    private static bool IsMapped() =>
        File.ReadLines("/proc/self/maps").Any(line => line.Contains(Path.GetDirectoryName(PluginFile)!, StringComparison.Ordinal) && line.Contains("e_sqlite3.so", StringComparison.Ordinal));

    private int CountOpen() => Directory.GetFiles("/proc/self/fd").Count(file => new FileInfo(file).LinkTarget == Database);

    private async Task<PluginHost> StartAsync(Action<GuestBookOptions>? configure = null)
    {
        var host = await PluginHost.CreateAsync<GuestBookPlugin>(timeProvider: _clock, cancellation: Cancellation);
        try
        {
            await host.UseAsync<GuestBookOptions>(
                "GuestBook",
                options =>
                {
                    options.Database = "guestbook.db";
                    configure?.Invoke(options);
                },
                new TestPipelineEntry { ConfigurationDirectory = _directory.FullName },
                Cancellation);
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }

        return host;
    }

    private static TestHttpContext Form(string form) => TestHttpContext.Post("/guest%20book").WithBody(form, "application/x-www-form-urlencoded");

    private static Task<TestHttpResponse> SignAsync(PluginHost host, string form) => host.SendAsync(Form(form), Cancellation);

    private static Task<TestHttpResponse> ShowAsync(PluginHost host, string query = "") => host.SendAsync(TestHttpContext.Get("/guest%20book" + query), Cancellation);

    /// <summary>The names on a page, and where it leads to.</summary>
    private static string Summarize(TestHttpResponse page) =>
        string.Join(' ', System.Text.RegularExpressions.Regex.Matches(page.BodyText, "<h2 dir=\"auto\">(.*?)</h2>|<a href=\"\\?(.*?)\">").Select(match => match.Groups[1].Value + match.Groups[2].Value));
}
