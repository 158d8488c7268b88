using Webserv.Plugins.FastCgi.Tests.Fixtures;
using Webserv.Testing.Http;

namespace Webserv.Plugins.FastCgi.Tests;

/// <summary>Files that a program names to be sent in its place; what names mean is tested with the plugin Cgi.</summary>
public sealed class SendFileTests : IDisposable
{
    private readonly string _files = Directory.CreateTempSubdirectory("fastcgi-send-").FullName;
    private readonly string _outside = Directory.CreateTempSubdirectory("fastcgi-outside-").FullName;

    public SendFileTests()
    {
        File.WriteAllText(Path.Join(_files, "a.txt"), "0123456789");
        File.WriteAllText(Path.Join(_outside, "secret"), "secret");
        File.CreateSymbolicLink(Path.Join(_files, "escape"), Path.Join(_outside, "secret"));
    }

    public void Dispose()
    {
        Directory.Delete(_files, recursive: true);
        Directory.Delete(_outside, recursive: true);
    }

    [Theory(Timeout = 20_000)]
    [InlineData("X-Accel-Redirect: /protected/a.txt", 200)]
    [InlineData("X-LiteSpeed-Location: /protected/a.txt?q", 200)]
    [InlineData("X-Sendfile: {files}/a.txt", 200)]
    [InlineData("X-Accel-Redirect: /protected/none", 404)]
    [InlineData("X-Accel-Redirect: /protected/../{outsideName}/secret", 404)]
    [InlineData("X-Accel-Redirect: /protected/%2e%2e/{outsideName}/secret", 404)]
    [InlineData("X-Accel-Redirect: /protected/escape", 403)]
    [InlineData("X-Sendfile: {files}/escape", 403)]
    [InlineData("X-Sendfile: {files}/../{outsideName}/secret", 404)]
    [InlineData("X-Sendfile: {outside}/secret", 404)]
    public async Task FastCgi_NamedFile_IsSentFromTheDirectoriesOnly(string field, int status)
    {
        field = field.Replace("{files}", _files, StringComparison.Ordinal).Replace("{outside}", _outside, StringComparison.Ordinal)
            .Replace("{outsideName}", Path.GetFileName(_outside), StringComparison.Ordinal);
        await using var program = FakeProgram.Answering(_ => $"{field}\nContent-Type: text/x\nSet-Cookie: a=1\n\nnot this");
        await using var site = await GatewaySite.FastCgiAsync(program, Allow);
        var response = await site.GetAsync("/");
        Assert.Equal(status, response.StatusCode);
        Assert.DoesNotContain("secret", response.BodyText, StringComparison.Ordinal);
        if (status == 200)
        {
            Assert.Equal(("0123456789", "text/x", "a=1"), (response.BodyText, response.Headers["Content-Type"].ToString(), response.Headers["Set-Cookie"].ToString()));
            Assert.DoesNotContain(response.Headers, static header => header.Key.StartsWith("X-", StringComparison.OrdinalIgnoreCase));
            response = await site.SendAsync(TestHttpContext.Get("/").WithHeader("Range", "bytes=2-4"));
            Assert.Equal((206, "234"), (response.StatusCode, response.BodyText));
        }
        else
        {
            Assert.Contains(site.Log, line => line.Contains($" names '{field.Split(": ")[1]}', which ", StringComparison.Ordinal));
        }
    }

    [Fact(Timeout = 20_000)]
    public async Task FastCgi_NotConfigured_PassesTheFieldsOn()
    {
        await using var program = FakeProgram.Answering(static _ => "X-Sendfile: /etc/passwd\n\nbody");
        await using var site = await GatewaySite.FastCgiAsync(program);
        var response = await site.GetAsync("/");
        Assert.Equal(("body", "/etc/passwd"), (response.BodyText, response.Headers["X-Sendfile"].ToString()));
    }

    [Fact(Timeout = 20_000)]
    public async Task FastCgi_AuthorizerThatAnswersItself_MayNameAFileToo()
    {
        await using var program = FakeProgram.Answering(static _ => "Status: 403 No\nX-Accel-Redirect: /protected/a.txt\n\n");
        await using var site = await GatewaySite.FastCgiAsync(program, options =>
        {
            options.Role = ProgramRole.Authorizer;
            Allow(options);
        });
        var response = await site.GetAsync("/");
        Assert.Equal((403, "0123456789"), (response.StatusCode, response.BodyText));
    }

    [Fact(Timeout = 20_000)]
    public async Task Scgi_NamedFile_IsSentFromTheDirectoriesOnly()
    {
        await using var site = await GatewaySite.ScgiAsync(options =>
        {
            (options.Command, options.Workers) = ($"/usr/bin/python3 -c \"{ScgiTests.OneLineProgram}\"", 1);
            options.SendFileDirectories.Add(_files);
        });
        Assert.Equal("0123456789", await site.GetTextAsync($"/?{_files}/a.txt"));
        Assert.Equal(403, (await site.GetAsync($"/?{_files}/escape")).StatusCode);
        Assert.Equal(404, (await site.GetAsync($"/?{_outside}/secret")).StatusCode);
    }

    [Fact(Timeout = 20_000)]
    public async Task Start_DirectoryMissing_WarnsOfIt()
    {
        await using var program = FakeProgram.Answering(static _ => "A: b\n\n");
        await using var site = await GatewaySite.FastCgiAsync(program, options => options.SendFileDirectories.Add(Path.Join(_files, "gone")));
        Assert.Contains(site.Log, line => line.Contains($"SendFileDirectories: the directory {_files}/gone does not exist", StringComparison.Ordinal));
    }

    private void Allow(GatewayOptions options)
    {
        options.SendFileRoots["/protected/"] = _files;
        options.SendFileDirectories.Add(_files);
    }
}
