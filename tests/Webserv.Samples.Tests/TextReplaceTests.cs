using System.Text;
using Webserv.Abstractions.Files;
using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;
using Webserv.Samples.TextReplace;
using Webserv.Testing.Files;
using Webserv.Testing.Http;
using Webserv.Testing.Pipeline;
using Webserv.Testing.Plugins;

namespace Webserv.Samples.Tests;

public sealed class TextReplaceTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("text-replace-");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Delete(recursive: true);

    [Theory]
    [InlineData("foo")]
    [InlineData("a foo b foobar c fo")]
    [InlineData("fofoobafoobafoobar")]
    [InlineData("foobarfoobazä|öÄfoo")]
    [InlineData("nothing of it")]
    [InlineData("")]
    public async Task InvokeAsync_HoweverItIsCut_ReplacesTheLongestFirst(string text)
    {
        // One after the other in the order of their lengths is the same here: nothing that is put in can be found again.
        var expected = text.Replace("foobar", "[1]", StringComparison.Ordinal).Replace("foo", "", StringComparison.Ordinal).Replace("ä|ö", "<ü>", StringComparison.Ordinal);
        await using var host = await StartAsync();
        var bytes = Encoding.UTF8.GetBytes(text);
        for (var size = 1; size <= Math.Max(1, bytes.Length); size++)
        {
            var response = await host.SendAsync(Answer(bytes, size), Cancellation);
            Assert.Equal(expected, response.BodyText);
            Assert.Equal(Encoding.UTF8.GetByteCount(expected), response.ContentLength);
        }
    }

    [Fact]
    public async Task InvokeAsync_LongBody_GoesThroughInPieces()
    {
        var body = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("0123456foobar789", 10_000)));
        await using var host = await StartAsync();
        var sent = new List<long>();
        var context = TestHttpContext.Get("/");
        context.WithNext(async (inner, cancellation) =>
        {
            inner.Response.Headers[Fields.ContentType] = "text/html";
            inner.Response.ContentLength = body.Length;
            foreach (var piece in body.Chunk(10_000))
            {
                await inner.Response.Body.WriteAsync(piece, cancellation);
                sent.Add(context.Response.BytesWritten);
            }
        });
        var response = await host.SendAsync(context, Cancellation);
        Assert.Equal(string.Concat(Enumerable.Repeat("0123456[1]789", 10_000)), response.BodyText);

        // Behind every piece all has gone on but for what may begin something.
        Assert.All(sent.Select((bytes, index) => (index + 1) * 10_000 / 16.0 * 13 - bytes), missing => Assert.InRange(missing, -13, 13));
    }

    [Fact]
    public async Task InvokeAsync_FieldsThatDescribeTheContent_AreTakenAway()
    {
        await using var host = await StartAsync();
        string[] names = ["ETag", "Last-Modified", "Accept-Ranges", "Content-Digest", "Link"];
        var context = TestHttpContext.Get("/").WithNext(async (inner, cancellation) =>
        {
            // What is sent is longer than that; and what comes late is seen as well.
            inner.Response.Headers[Fields.ContentType] = "text/html";
            inner.Response.ContentLength = 4;
            await inner.Response.Body.WriteAsync("grow"u8.ToArray(), cancellation);
            inner.Response.ContentLength = 4;
            foreach (var name in names)
            {
                inner.Response.Headers[name] = "x";
            }
        });
        var response = await host.SendAsync(context, Cancellation);
        Assert.Equal(["Content-Type", "Link"], response.Headers.Select(field => field.Key));
        Assert.Equal((100, new string('x', 100)), (response.ContentLength, response.BodyText));
    }

    [Theory]
    [InlineData("Content-Type", "text/plain", 200, null)]
    [InlineData("Content-Type", "text/html; charset=iso-8859-1", 200, "its charset is iso-8859-1")]
    [InlineData("Content-Encoding", "gzip", 200, "its Content-Encoding is gzip")]
    [InlineData("Cache-Control", "public, no-transform", 200, "its Cache-Control is no-transform")]
    [InlineData("Content-Range", "bytes 0-2/9", 206, "it is a part of something")]
    public async Task InvokeAsync_WhatMustNotBeChanged_StaysAsItIs(string name, string value, int status, string? reason)
    {
        await using var host = await StartAsync();
        var response = await host.SendAsync(
            Answer("foo"u8.ToArray(), 1, head =>
            {
                head.StatusCode = status;
                head.ContentLength = 3;
                head.Headers[Fields.ETag] = "\"x\"";
                head.Headers[name] = value;
            }),
            Cancellation);
        Assert.Equal((status, "foo", 3, "\"x\""), (response.StatusCode, response.BodyText, response.ContentLength, response.Headers["ETag"].ToString()));
        Assert.Equal(reason is null ? [] : [reason], host.Log.Entries.Select(entry => entry.Message[(entry.Message.LastIndexOf(": ", StringComparison.Ordinal) + 2)..]));
    }

    [Fact]
    public async Task InvokeAsync_NotModified_KeepsItsFields()
    {
        await using var host = await StartAsync();
        var context = TestHttpContext.Get("/").WithNext((inner, _) =>
        {
            inner.Response.StatusCode = 304;
            inner.Response.Headers[Fields.ETag] = "\"x\"";
            return Task.CompletedTask;
        });
        Assert.Equal("\"x\"", (await host.SendAsync(context, Cancellation)).Headers["ETag"].ToString());
    }

    [Theory]
    [InlineData("GET", "<p>[1]</p>")]
    [InlineData("HEAD", "")]
    public async Task InvokeAsync_FileOfItsRoot_IsReplacedIn(string method, string expected)
    {
        await using var host = await StartAsync();
        Directory.CreateDirectory(Path.Combine(_directory.FullName, "a"));
        await File.WriteAllTextAsync(Path.Combine(_directory.FullName, "a", "page.html"), "--<p>foobar</p>--", Cancellation);
        var response = await host.SendAsync(SendFile(method, _directory.FullName, "/a/page.html", 2, 13), Cancellation);
        Assert.Equal((expected, false), (response.BodyText, response.Headers.Contains("ETag")));
        Assert.Empty(response.SentFiles);
        Assert.NotEqual(13, response.ContentLength);
    }

    [Fact]
    public async Task InvokeAsync_FileOfAnotherRoot_StaysAsItIs()
    {
        await using var host = await StartAsync();
        var other = Directory.CreateTempSubdirectory("text-replace-other-");
        try
        {
            await File.WriteAllTextAsync(Path.Combine(other.FullName, "page.html"), "foobar", Cancellation);
            File.CreateSymbolicLink(Path.Combine(_directory.FullName, "link"), other.FullName);
            foreach (var (root, path) in ((string, string)[])[(other.FullName, "/page.html"), (_directory.FullName, "/link/page.html")])
            {
                var response = await host.SendAsync(SendFile("GET", root, path, 0, 6), Cancellation);
                Assert.Equal(("foobar", 6, true), (response.BodyText, response.ContentLength, response.Headers.Contains("ETag")));
            }
        }
        finally
        {
            other.Delete(recursive: true);
        }

        Assert.Equal(2, host.Log.Entries.Count(entry => entry.Message.Contains("does not lie below the root", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task InvokeAsync_FileByItsPath_IsReplacedIn()
    {
        await using var host = await StartAsync();
        var path = Path.Combine(_directory.FullName, "page.html");
        await File.WriteAllTextAsync(path, "xfoobar", Cancellation);
        var context = TestHttpContext.Get("/").WithNext((inner, cancellation) =>
        {
            inner.Response.Headers[Fields.ContentType] = "text/html";
            return inner.Response.SendFileAsync(path, 1, null, cancellation);
        });
        Assert.Equal("[1]", (await host.SendAsync(context, Cancellation)).BodyText);
    }

    [Fact]
    public async Task Validate_EveryMistake_IsReported()
    {
        await using var host = await PluginHost.CreateAsync<TextReplacePlugin>(cancellation: Cancellation);
        Assert.Equal(["Replace: 0 is not within 1 to 100"], host.Validate<TextReplaceOptions>("TextReplace", _ => { }));
        var failures = host.Validate<TextReplaceOptions>("TextReplace", options =>
        {
            options.Replace = new Dictionary<string, string> { [""] = "x", ["y"] = new('x', 10_001), [new('ä', 501)] = "" };
            options.ContentTypes = ["text/html", "text", "text/css; charset=utf-8"];
        });
        Assert.Equal(["Replace:", "Replace:y", "Replace:ä", "ContentTypes:1", "ContentTypes:2"], failures.Select(failure => failure[..Math.Min(failure.IndexOf(": ", StringComparison.Ordinal), failure[0] == 'R' ? 9 : 99)]));
    }

    [Fact]
    public async Task Plugin_Unloaded_LeavesMemory() =>
        await PluginUnload.AssertUnloadsAsync<TextReplacePlugin>(
            async host =>
            {
                await host.UseAsync(
                    "TextReplace", new Dictionary<string, object?> { ["Replace"] = new Dictionary<string, string> { ["foo"] = "bar" } }, cancellation: Cancellation);
                Assert.Equal("bar", (await host.SendAsync(Answer("foo"u8.ToArray(), 1), Cancellation)).BodyText);
            },
            Cancellation);

    private async Task<PluginHost> StartAsync()
    {
        var host = await PluginHost.CreateAsync<TextReplacePlugin>(cancellation: Cancellation);
        await host.UseAsync<TextReplaceOptions>(
            "TextReplace",
            options => options.Replace = new Dictionary<string, string> { ["foo"] = "", ["foobar"] = "[1]", ["ä|ö"] = "<ü>", ["grow"] = new('x', 100) },
            new TestPipelineEntry { Root = _directory.FullName },
            Cancellation);
        return host;
    }

    private static TestHttpContext Answer(byte[] bytes, int pieceSize, Action<IHttpResponse>? configure = null) =>
        TestHttpContext.Get("/").WithNext(async (context, cancellation) =>
        {
            context.Response.Headers[Fields.ContentType] = "text/html; charset=UTF-8";
            configure?.Invoke(context.Response);
            foreach (var piece in bytes.Chunk(pieceSize))
            {
                await context.Response.Body.WriteAsync(piece, cancellation);
            }
        });

    private static TestHttpContext SendFile(string method, string root, string path, long offset, long count)
    {
        IPipelineEntry entry = new TestPipelineEntry { Root = root };
        IFileEntry file = new TestFileCache().OpenRoot(entry, new DocumentRootOptions { SymbolicLinks = SymbolicLinkPolicy.Follow }).Find(path);
        return new TestHttpContext(method, path).WithNext((context, cancellation) =>
        {
            context.Response.Headers[Fields.ContentType] = "text/html";
            context.Response.Headers[Fields.ETag] = file.EntityTag;
            return context.Response.SendFileAsync(file, offset, count, cancellation);
        });
    }
}
