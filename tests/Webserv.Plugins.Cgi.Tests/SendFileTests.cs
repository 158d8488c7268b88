using Webserv.Abstractions.Http;
using Webserv.Plugins.Cgi.Tests.Fixtures;
using Webserv.Testing.Http;

namespace Webserv.Plugins.Cgi.Tests;

/// <summary>Files that a script names to be sent in its place.</summary>
public sealed class SendFileTests : IDisposable
{
    private const string Content = "0123456789";
    private readonly string _files = Directory.CreateTempSubdirectory("cgi-send-").FullName;
    private readonly string _outside = Directory.CreateTempSubdirectory("cgi-outside-").FullName;

    public SendFileTests()
    {
        Directory.CreateDirectory(Path.Join(_files, "d"));
        foreach (var name in (string[])["a.txt", "d/\u00fc b.txt", ".hidden", "50%.txt"])
        {
            File.WriteAllText(Path.Join(_files, name), Content);
        }

        File.WriteAllText(Path.Join(_outside, "secret"), "secret");
        File.CreateSymbolicLink(Path.Join(_files, "escape"), Path.Join(_outside, "secret"));
        File.CreateSymbolicLink(Path.Join(_files, "up"), _outside);
        File.CreateSymbolicLink(Path.Join(_files, "inside"), Path.Join(_files, "a.txt"));
    }

    public void Dispose()
    {
        Directory.Delete(_files, recursive: true);
        Directory.Delete(_outside, recursive: true);
    }

    [Theory]
    [InlineData("X-Accel-Redirect: /protected/a.txt")]
    [InlineData("x-accel-redirect: /protected/a.txt?query")]
    [InlineData("X-LiteSpeed-Location: /protected/inside")]
    [InlineData("X-Accel-Redirect: /protected/d/%C3%BC%20b.txt")]
    [InlineData("X-Accel-Redirect: /protected/d/\u00fc b.txt")]
    [InlineData("X-Accel-Redirect: /protected/.hidden")]
    [InlineData("X-Accel-Redirect: /protected/50%.txt")]
    [InlineData("X-Accel-Redirect: /protected/50%25.txt")]
    [InlineData("X-Sendfile: {files}/a.txt")]
    [InlineData("X-SENDFILE: {files}/d/%C3%BC%20b.txt")]
    [InlineData("X-Sendfile: {files}/d/\u00fc b.txt")]
    public async Task Invoke_NamedFile_IsSentWithTheFieldsOfTheScript(string field)
    {
        await using var site = await CreateAsync();
        site.Write("a.sh", Script(field, "Content-Type: text/x", "Content-Disposition: attachment", "Set-Cookie: a=1", "Set-Cookie: b=2", "Content-Length: 3", "ETag: \\\"mine\\\""));
        var response = await site.SendAsync(TestHttpContext.Get("/a.sh"));
        Assert.Equal((200, Content, 10L), (response.StatusCode, response.BodyText, response.ContentLength));
        Assert.Single(response.SentFiles);
        Assert.Equal(("text/x", "attachment", "a=1,b=2"), (response.Headers["Content-Type"].ToString(), response.Headers["Content-Disposition"].ToString(), response.Headers["Set-Cookie"].ToString()));
        Assert.DoesNotContain(response.Headers, static header => header.Key.StartsWith("X-", StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain("mine", response.Headers["ETag"].ToString(), StringComparison.Ordinal);
        Assert.True(response.Headers.Contains("Last-Modified"));
    }

    [Theory]
    [InlineData("X-Accel-Redirect: /protected/missing", 404, "does not exist")]
    [InlineData("X-Accel-Redirect: /protected/d", 404, "is a directory")]
    [InlineData("X-Accel-Redirect: /protected/", 404, "is a directory")]
    [InlineData("X-Accel-Redirect: /protectedX/a.txt", 404, "lies in none of the directories")]
    [InlineData("X-Accel-Redirect: /other/a.txt", 404, "lies in none of the directories")]
    [InlineData("X-Accel-Redirect: {files}/a.txt", 404, "lies in none of the directories")]
    [InlineData("X-Accel-Redirect: @named", 404, "lies in none of the directories")]
    [InlineData("X-Accel-Redirect: /protected/../{name}/a.txt", 404, "does not exist")]
    [InlineData("X-Accel-Redirect: /protected/%2e%2e/{name}/a.txt", 404, "does not exist")]
    [InlineData("X-Accel-Redirect: /protected//a.txt", 404, "does not exist")]
    [InlineData("X-Accel-Redirect: /protected/a.txt%00", 404, "does not exist")]
    [InlineData("X-Accel-Redirect: /protected/%ff", 404, "is no UTF-8")]
    [InlineData("X-Accel-Redirect: /protected/escape", 403, "leads out of its directory")]
    [InlineData("X-Accel-Redirect: /protected/up/secret", 403, "leads out of its directory")]
    [InlineData("X-Sendfile: {outside}/secret", 404, "lies in none of the directories")]
    [InlineData("X-Sendfile: {files}/../{outsideName}/secret", 404, "does not exist")]
    [InlineData("X-Sendfile: {files}X/a.txt", 404, "lies in none of the directories")]
    [InlineData("X-Sendfile: a.txt", 404, "lies in none of the directories")]
    [InlineData("X-Sendfile: /protected/a.txt", 404, "lies in none of the directories")]
    [InlineData("X-Sendfile: {files}/escape", 403, "leads out of its directory")]
    public async Task Invoke_NoFileToBeSent_SaysSoAndWhy(string field, int status, string reason)
    {
        await using var site = await CreateAsync();
        site.Write("a.sh", Script(field, "Content-Type: text/x"));
        var response = await site.SendAsync(TestHttpContext.Get("/a.sh"));
        Assert.Equal(status, response.StatusCode);
        Assert.DoesNotContain("secret", response.BodyText, StringComparison.Ordinal);
        Assert.Contains(site.Log, line => line.StartsWith($"{site.Root}/a.sh [", StringComparison.Ordinal) && line.Contains(reason, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Range", "bytes=2-4", 206, "234", "bytes 2-4/10")]
    [InlineData("Range", "bytes=20-", 416, "", "bytes */10")]
    [InlineData("If-None-Match", "*", 304, "", "")]
    [InlineData("If-Modified-Since", "Fri, 01 Jan 2100 00:00:00 GMT", 304, "", "")]
    [InlineData("If-Match", "\"other\"", 412, "", "")]
    [InlineData("If-Unmodified-Since", "Thu, 01 Jan 1970 00:00:00 GMT", 412, "", "")]
    public async Task Invoke_ConditionsAndRanges_AreThoseOfTheFile(string name, string value, int status, string body, string range)
    {
        await using var site = await CreateAsync();
        site.Write("a.sh", Script("X-Accel-Redirect: /protected/a.txt", "Set-Cookie: a=1"));
        var response = await site.SendAsync(TestHttpContext.Get("/a.sh").WithHeader(name, value));
        Assert.Equal((status, body, range), (response.StatusCode, response.BodyText, response.Headers["Content-Range"].ToString()));
        Assert.Equal(status is 206 or 304, response.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task Invoke_SeveralRanges_AreParts()
    {
        await using var site = await CreateAsync();
        site.Write("a.sh", Script("X-Accel-Redirect: /protected/a.txt", "Content-Type: text/x"));
        var response = await site.SendAsync(TestHttpContext.Get("/a.sh").WithHeader("Range", "bytes=0-0,9-9"));
        Assert.Equal(206, response.StatusCode);
        Assert.StartsWith("multipart/byteranges", response.Headers["Content-Type"].ToString(), StringComparison.Ordinal);
        Assert.Contains("Content-Type: text/x\r\nContent-Range: bytes 9-9/10\r\n\r\n9", response.BodyText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invoke_StatusOfItsOwnOrPost_SendsTheWholeFileWhateverTheConditions()
    {
        await using var site = await CreateAsync();
        site.Write("a.sh", Script("X-Accel-Redirect: /protected/a.txt", "Status: 404 Not here"));
        site.Write("b.sh", Script("X-Accel-Redirect: /protected/a.txt"));
        var response = await site.SendAsync(TestHttpContext.Get("/a.sh").WithHeader("If-None-Match", "*").WithHeader("Range", "bytes=2-4"));
        Assert.Equal((404, Content), (response.StatusCode, response.BodyText));
        response = await site.SendAsync(TestHttpContext.Post("/b.sh").WithBody("x").WithHeader("If-None-Match", "*").WithHeader("Range", "bytes=2-4"));
        Assert.Equal((200, Content, "application/octet-stream"), (response.StatusCode, response.BodyText, response.Headers["Content-Type"].ToString()));
    }

    [Fact]
    public async Task Invoke_Head_HasTheLengthOfTheFile()
    {
        await using var site = await CreateAsync();
        site.Write("a.sh", Script("X-Sendfile: {files}/a.txt"));
        var response = await site.SendAsync(TestHttpContext.Head("/a.sh"));
        Assert.Equal((200, 10L, 0), (response.StatusCode, response.ContentLength, response.BodyBytes.Length));
    }

    [Fact]
    public async Task Invoke_ScriptWritesABodyToo_NobodyGetsItAndTheScriptGoesOn()
    {
        await using var site = await CreateAsync();
        site.Write("a.sh", Script("X-Accel-Redirect: /protected/a.txt") + "\necho body; head -c 30000 /dev/zero; echo done > done.txt");
        Assert.Equal(Content, await site.GetAsync("/a.sh"));
        await site.AllEndedAsync();
        Assert.True(File.Exists(Path.Join(site.Root, "done.txt")));
    }

    [Fact]
    public async Task Invoke_Php_SendsTheFileWithItsHeaders()
    {
        await using var site = await ScriptSite.CreateAsync(options =>
        {
            options.Interpreters[".php"] = ScriptSite.Tool("/usr/bin/php-cgi", "php-cgi");
            options.SendFileDirectories.Add(_files);
        });
        site.Write("a.php", "<?php header('Content-Type: image/x'); header('Set-Cookie: a=1'); header('X-Sendfile: ' . $_GET['f']); echo 'not this';");
        var response = await site.SendAsync(TestHttpContext.Get($"/a.php?f={_files}/d/%C3%BC%2520b.txt"));
        Assert.Equal((200, Content, "image/x", "a=1"), (response.StatusCode, response.BodyText, response.Headers["Content-Type"].ToString(), response.Headers["Set-Cookie"].ToString()));
    }

    [Fact]
    public async Task Invoke_NotConfigured_PassesTheFieldsOn()
    {
        await using var site = await ScriptSite.CreateAsync();
        site.Write("a.sh", Script("X-Sendfile: /etc/passwd", "X-Accel-Redirect: /protected/a.txt") + "\nprintf body");
        var response = await site.SendAsync(TestHttpContext.Get("/a.sh"));
        Assert.Equal((200, "body", "/etc/passwd"), (response.StatusCode, response.BodyText, response.Headers["X-Sendfile"].ToString()));
        Assert.True(response.Headers.Contains("X-Accel-Redirect"));
    }

    [Fact]
    public async Task Invoke_LongestPrefix_Decides()
    {
        await using var site = await ScriptSite.CreateAsync(options =>
        {
            options.SendFileRoots["/p/"] = _outside;
            options.SendFileRoots["/p/files/"] = _files;
        });
        site.Write("a.sh", Script("X-Accel-Redirect: /p/files/a.txt"));
        site.Write("b.sh", Script("X-Accel-Redirect: /p/secret"));
        Assert.Equal((Content, "secret"), (await site.GetAsync("/a.sh"), await site.GetAsync("/b.sh")));
    }

    [Fact]
    public async Task Create_DirectoryMissing_WarnsOfIt()
    {
        await using var site = await ScriptSite.CreateAsync(options =>
        {
            options.SendFileRoots["/p/"] = Path.Join(_files, "gone");
            options.SendFileDirectories.Add(Path.Join(_files, "too"));
        });
        Assert.Contains(site.Log, line => line.Contains($"SendFileRoots: the directory {_files}/gone does not exist", StringComparison.Ordinal));
        Assert.Contains(site.Log, line => line.Contains($"SendFileDirectories: the directory {_files}/too does not exist", StringComparison.Ordinal));
    }

    private Task<ScriptSite> CreateAsync() => ScriptSite.CreateAsync(options =>
    {
        options.SendFileRoots["/protected/"] = _files;
        options.SendFileDirectories.Add(_files);
    });

    private string Script(params string[] fields) => string.Join('\n', fields.Select(field =>
        "echo \"" + field
            .Replace("{files}", _files, StringComparison.Ordinal).Replace("{name}", Path.GetFileName(_files), StringComparison.Ordinal)
            .Replace("{outside}", _outside, StringComparison.Ordinal).Replace("{outsideName}", Path.GetFileName(_outside), StringComparison.Ordinal)
        + "\"").Append("echo"));
}
