using System.Text;
using System.Text.Json;
using Webserv.Abstractions.Configuration;
using Webserv.Abstractions.Http;
using Webserv.Testing.Http;

namespace Webserv.Plugins.Uploads.Tests;

public sealed class PostTests
{
    [Fact]
    public async Task Post_SeveralFilesAndFields_AreStoredAndListed()
    {
        await using var site = await UploadSite.CreateAsync();
        var response = await site.PostAsync("/up/", UploadSite.Form(
            ("name=\"comment\"", "hello"),
            ("name=\"f\"; filename=\"a b.txt\"", "one"),
            ("name=\"empty\"; filename=\"\"", ""),
            ("name=\"f\"; filename=\"zwei-é.txt\"", "")));
        Assert.Equal(201, response.StatusCode);
        Assert.Equal(["a b.txt", "zwei-é.txt"], site.Files);
        Assert.Equal("one", site.Read("a b.txt"));
        using var json = JsonDocument.Parse(response.BodyText);
        Assert.Equal(
            ["a b.txt 3 /up/a%20b.txt", "zwei-é.txt 0 /up/zwei-%C3%A9.txt"],
            json.RootElement.EnumerateArray().Select(file => $"{file.GetProperty("name")} {file.GetProperty("size")} {file.GetProperty("location")}"));
    }

    [Fact]
    public async Task Post_FromABrowser_Is303ToThePathOrWhereTheOptionSays()
    {
        await using var site = await UploadSite.CreateAsync(options => options.Conflict = ConflictPolicy.Rename);
        var response = await site.PostAsync("/up/", UploadSite.FormOfFile("a", "1"), "text/html,application/xhtml+xml,*/*;q=0.8");
        Assert.Equal((303, "/up/"), (response.StatusCode, response.Headers[Fields.Location].ToString()));
        await using var other = await UploadSite.CreateAsync(options => options.RedirectTo = "/thanks");
        response = await other.PostAsync("/up/", UploadSite.FormOfFile("a", "1"), "text/html");
        Assert.Equal((303, "/thanks"), (response.StatusCode, response.Headers[Fields.Location].ToString()));
    }

    [Theory]
    [InlineData("a.txt", "a.txt")]
    [InlineData("C:\\x\\y.txt", "y.txt")]
    [InlineData("../../etc/passwd", "passwd")]
    [InlineData("..\\..\\boot.ini", "boot.ini")]
    [InlineData("/etc/passwd", "passwd")]
    [InlineData(".htaccess", "htaccess")]
    [InlineData("...a", "a")]
    [InlineData(" . a ", "a")]
    [InlineData("..%2F..%2Fpasswd", "_.._passwd")]
    [InlineData("a%22b", "a\"b")]
    [InlineData("日本語.txt", "日本語.txt")]
    [InlineData("a;b=c.txt", "a;b=c.txt")]
    public async Task Post_ClientsFileName_IsMadeSafe(string name, string stored)
    {
        await using var site = await UploadSite.CreateAsync();
        Assert.Equal(201, (await site.PostAsync("/up/", UploadSite.FormOfFile(name, "x"))).StatusCode);
        Assert.Equal([stored], site.Files);
    }

    [Theory]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("/")]
    [InlineData("a/")]
    [InlineData("\\")]
    [InlineData("a/..")]
    public async Task Post_NameOfWhichNothingIsLeft_Is400(string name)
    {
        await using var site = await UploadSite.CreateAsync();
        Assert.Equal(400, (await site.PostAsync("/up/", UploadSite.FormOfFile(name, "x"))).StatusCode);
        Assert.Empty(site.Files);
    }

    [Theory]
    [InlineData("a\u0001\u007f\u0085b", "ab")]
    [InlineData("a\0b", "ab")]
    [InlineData("a\r\nb", "ab")]
    public void FromClient_ControlCharacters_AreTakenAway(string name, string stored) =>
        Assert.Equal(stored, new FileNames(new UploadsOptions()).FromClient(name));

    [Fact]
    public void FromClient_TooLong_IsRefused() =>
        Assert.Null(new FileNames(new UploadsOptions()).FromClient(new string('a', 256)));

    [Fact]
    public async Task Post_SecondFileConflicts_StoresNothing()
    {
        await using var site = await UploadSite.CreateAsync();
        var form = UploadSite.Form(("name=\"f\"; filename=\"a\"", "1"), ("name=\"f\"; filename=\"a\"", "2"));
        Assert.Equal(409, (await site.PostAsync("/up/", form)).StatusCode);
        Assert.Empty(site.Files);
    }

    [Theory]
    [InlineData(ConflictPolicy.Replace, false)]
    [InlineData(ConflictPolicy.Replace, true)]
    [InlineData(ConflictPolicy.Rename, false)]
    public async Task Post_FilesOfOneName_AreAllKeptUnlessTheRuleIsReject(ConflictPolicy policy, bool exists)
    {
        await using var site = await UploadSite.CreateAsync(options => options.Conflict = policy);
        if (exists)
        {
            site.Write("image.jpg", "old");
            site.Write("image-1.jpg", "not mine");
        }

        var form = UploadSite.Form([.. "123".Select(content => ("name=\"f\"; filename=\"image.jpg\"", content.ToString()))]);
        var response = await site.PostAsync("/up/", form);
        Assert.Equal(201, response.StatusCode);
        string[] expected = exists ? ["image.jpg", "image-2.jpg", "image-3.jpg"] : ["image.jpg", "image-1.jpg", "image-2.jpg"];
        Assert.Equal(["1", "2", "3"], expected.Select(site.Read));
        Assert.Equal(exists ? 4 : 3, site.Files.Length);
        using var json = JsonDocument.Parse(response.BodyText);
        Assert.Equal(expected, json.RootElement.EnumerateArray().Select(file => file.GetProperty("name").GetString()));
    }

    [Fact]
    public async Task Post_CutAtEveryByte_StoresTheWholeFileOrNothing()
    {
        var form = Encoding.UTF8.GetBytes(UploadSite.Form(
            ("name=\"x\"", "field"), ("name=\"f\"; filename=\"a.txt\"", "0123456789\r\n--\r\n--c"), ("name=\"f\"; filename=\"b.txt\"", "B")));
        var end = Encoding.UTF8.GetString(form).LastIndexOf("--b--", StringComparison.Ordinal) + "--b--".Length;
        await using var site = await UploadSite.CreateAsync(options => options.Conflict = ConflictPolicy.Replace);
        for (var length = 0; length <= form.Length; length++)
        {
            foreach (var declared in new long?[] { null, form.Length })
            {
                var context = TestHttpContext.Post("/up/")
                    .WithBody(new MemoryStream(form, 0, length), "multipart/form-data; boundary=b", declared);
                var status = (await site.SendAsync(context)).StatusCode;
                if (status == 201)
                {
                    Assert.True(length >= end, $"stored at {length} of {form.Length}");
                    Assert.Equal(["a.txt", "b.txt"], site.Files);
                    Assert.Equal(("0123456789\r\n--\r\n--c", "B"), (site.Read("a.txt"), site.Read("b.txt")));
                    File.Delete(Path.Combine(site.Directory, "a.txt"));
                    File.Delete(Path.Combine(site.Directory, "b.txt"));
                }
                else
                {
                    Assert.Equal(400, status);
                    Assert.True(length < form.Length, "the whole form was refused");
                }

                Assert.Empty(site.Files);
            }
        }
    }

    [Fact]
    public async Task Post_SlowBody_IsStored()
    {
        await using var site = await UploadSite.CreateAsync();
        var form = Encoding.UTF8.GetBytes(UploadSite.FormOfFile("a", new string('x', 5000)));
        var response = await site.SendAsync(TestHttpContext.Post("/up/").WithSlowBody(form, 1, "multipart/form-data; boundary=\"b\""));
        Assert.Equal(201, response.StatusCode);
        Assert.Equal(5000, site.Read("a").Length);
    }

    [Theory]
    [InlineData(null, 415)]
    [InlineData("text/plain", 415)]
    [InlineData("application/x-www-form-urlencoded", 415)]
    [InlineData("multipart/mixed; boundary=b", 415)]
    [InlineData("multipart/form-data", 400)]
    [InlineData("multipart/form-data; boundary=\"\"", 400)]
    [InlineData("multipart/form-data; boundary=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 400)]
    public async Task Post_NotAForm_IsRefusedBeforeTheBodyIsRead(string? contentType, int status)
    {
        await using var site = await UploadSite.CreateAsync();
        var context = TestHttpContext.Post("/up/").WithBody(Encoding.UTF8.GetBytes(UploadSite.FormOfFile("a", "x")), contentType);
        Assert.Equal(status, (await site.SendAsync(context)).StatusCode);
        Assert.False(context.Request.BodyWasRead);
    }

    [Theory]
    [InlineData("--b\r\nContent-Type: text/plain\r\n\r\nx\r\n--b--\r\n")]
    [InlineData("--b\r\nContent-Disposition: attachment; filename=\"a\"\r\n\r\nx\r\n--b--\r\n")]
    [InlineData("--b\r\nno colon\r\n\r\nx\r\n--b--\r\n")]
    [InlineData("--c\r\nContent-Disposition: form-data; filename=\"a\"\r\n\r\nx\r\n--c--\r\n")]
    [InlineData("--b--\r\n")]
    [InlineData("")]
    public async Task Post_MalformedOrEmptyForm_Is400(string form)
    {
        await using var site = await UploadSite.CreateAsync();
        Assert.Equal(400, (await site.PostAsync("/up/", form)).StatusCode);
        Assert.Empty(site.Files);
    }

    [Fact]
    public async Task Post_Limits_Are413AndLeaveNothing()
    {
        var two = UploadSite.Form(("name=\"f\"; filename=\"a\"", "12345"), ("name=\"f\"; filename=\"b\"", "12345"));
        await AssertAsync(options => options.MaxFiles = 1, two, 413);
        await AssertAsync(options => options.MaxFileSize = new ByteSize(4), two, 413);
        await AssertAsync(options => options.MaxFileSize = new ByteSize(5), two, 201);
        await AssertAsync(options => options.MaxTotalSize = new ByteSize(9), two, 413);
        await AssertAsync(options => options.MaxTotalSize = new ByteSize(10), two, 201);
        await AssertAsync(_ => { }, UploadSite.Form(("name=\"x\"", new string('x', 65_537)), ("name=\"f\"; filename=\"a\"", "1")), 413);
        await AssertAsync(_ => { }, UploadSite.Form([.. Enumerable.Repeat(("name=\"x\"", "1"), 101)]), 413);
        await AssertAsync(options => options.AllowedExtensions = [".png"], two, 415);

        static async Task AssertAsync(Action<UploadsOptions> configure, string form, int status)
        {
            await using var site = await UploadSite.CreateAsync(configure);
            Assert.Equal(status, (await site.PostAsync("/up/", form)).StatusCode);
            Assert.Equal(status == 201 ? 2 : 0, site.Files.Length);
        }
    }

    [Fact]
    public async Task Post_ToAMissingDirectory_Is404OrMakesIt()
    {
        await using var site = await UploadSite.CreateAsync();
        Assert.Equal(404, (await site.PostAsync("/up/sub/", UploadSite.FormOfFile("a", "x"))).StatusCode);
        await using var making = await UploadSite.CreateAsync(options => options.CreateDirectories = true);
        var response = await making.PostAsync("/up/sub", UploadSite.FormOfFile("a", "x"));
        Assert.Equal((201, "/up/sub/a"), (response.StatusCode, response.Headers[Fields.Location].ToString()));
        Assert.Equal(["sub/a"], making.Files);
    }
}
