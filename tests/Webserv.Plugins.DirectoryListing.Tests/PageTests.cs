using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using CsCheck;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Webserv.Abstractions.Files;
using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;
using Webserv.Testing.Http;
using Webserv.Testing.Pipeline;

namespace Webserv.Plugins.DirectoryListing.Tests;

public sealed class PageTests : IDisposable
{
    private readonly ListingFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Get_Directory_IsAPageWithCountsAndSafeFields()
    {
        _folder.Write("a.txt", 1500);
        _folder.Write("sub/b");
        var response = await _folder.GetAsync("/");
        Assert.Equal((200, "text/html; charset=utf-8", "no-cache"), (response.StatusCode, response.Headers[Fields.ContentType].ToString(), response.Headers[Fields.CacheControl].ToString()));
        Assert.Equal(("nosniff", "Accept"), (response.Headers[Fields.XContentTypeOptions].ToString(), response.Headers[Fields.Vary].ToString()));
        Assert.Contains("1 folder, 1 file<", response.BodyText, StringComparison.Ordinal);
        Assert.Contains("<data value=\"1500\" title=\"1,500 bytes\">1.5 KB</data>", response.BodyText, StringComparison.Ordinal);
        Assert.Contains("<time datetime=\"1970-01-01T00:00:00Z\" title=\"Thu, 01 Jan 1970 00:00:00 GMT\">1970-01-01 00:00</time>", response.BodyText, StringComparison.Ordinal);
        Assert.DoesNotContain("Parent folder", response.BodyText, StringComparison.Ordinal);
        Assert.DoesNotContain("{{", response.BodyText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_InlineStyleAndScript_AreAllowedByTheirHashesAndNothingElseIs()
    {
        var response = await _folder.GetAsync("/");
        var policy = response.Headers[Fields.ContentSecurityPolicy].ToString();
        foreach (var element in new[] { "style", "script" })
        {
            var content = Regex.Match(response.BodyText, $"<{element}>(.*?)</{element}>", RegexOptions.Singleline).Groups[1].Value;
            Assert.NotEmpty(content);
            Assert.Contains($"{element}-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(content)))}';", policy, StringComparison.Ordinal);
        }

        Assert.StartsWith("default-src 'none';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.DoesNotMatch(" (style|on[a-z]+)=\"", response.BodyText);
    }

    [Fact]
    public async Task Get_NamesWithEveryTrick_AreEscapedAndFoundAgain()
    {
        string[] names =
        [
            "a b", "100%", "a%20b", "a%2Fb", "#1", "what?", "x&y=z", "\"quoted\"", "it's", "<script>alert(1)<script>", "<img src=x onerror=alert(1)>",
            "javascript:alert(1)", "c:d", "a+b", "é-日本-😀", "a;b,c", "[x]", "~", "line\nbreak", "tab\tx", "&amp;", "{{name}}", "\u202Etxt.exe", "e\u0301", "'-alert(1)-'",
        ];
        foreach (var name in names)
        {
            _folder.Write(name);
        }

        var response = await _folder.GetAsync("/");
        Assert.Single(Regex.Matches(response.BodyText, "<script"));
        Assert.DoesNotContain("<img", response.BodyText, StringComparison.Ordinal);
        AssertFound(_folder, ListingFolder.Links(response), names);
    }

    [Fact]
    public async Task Get_AnyNames_EveryLinkResolvesToItsEntry() =>
        await Gen.String[Gen.Char["aA10 .%#?&<>\"'+;:=@[]{}~\\é日\u00A0\u202E\t"], 1, 12].Array[1, 8].SampleAsync(
            async names =>
            {
                using var folder = new ListingFolder();
                var visible = names.Where(name => name[0] != '.').Distinct(StringComparer.Ordinal).ToArray();
                foreach (var name in visible)
                {
                    folder.Write(name);
                }

                AssertFound(folder, ListingFolder.Links(await folder.GetAsync("/")), [.. visible.Where(name => !name.Contains('\\', StringComparison.Ordinal))]);
            },
            iter: 60,
            threads: 1);

    [Fact]
    public async Task Get_NameThatNoRequestCanName_IsShownWithoutALink()
    {
        _folder.Write("back\\slash");
        var response = await _folder.GetAsync("/");
        Assert.Contains("<span class=\"dead\"", response.BodyText, StringComparison.Ordinal);
        Assert.Empty(ListingFolder.Links(response));
        Assert.Contains("\"href\":null", (await _folder.GetAsync("/?format=json")).BodyText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_NameThatIsNotUtf8_IsShownWithoutALink()
    {
        // .NET can neither write nor remove such a name: the shell can.
        await RunAsync("sh", "-c", "touch \"$0/$(printf 'bad\\377name')\"", _folder.Root);
        var response = await _folder.GetAsync("/");
        var (json, text) = (await _folder.GetAsync("/?format=json"), await _folder.GetAsync("/?format=text"));
        await RunAsync("sh", "-c", "rm \"$0\"/bad*", _folder.Root);
        Assert.Contains("\"size\":null,\"modified\":null,\"symlink\":false,\"href\":null", json.BodyText, StringComparison.Ordinal);
        Assert.Equal("f- -                                  - bad\uFFFDname\n", text.BodyText);
        Assert.DoesNotContain("1601", response.BodyText, StringComparison.Ordinal);
        Assert.Contains("<span class=\"dead\"", response.BodyText, StringComparison.Ordinal);
        Assert.Contains("bad\uFFFDname", WebUtility.HtmlDecode(response.BodyText), StringComparison.Ordinal);
        Assert.Empty(ListingFolder.Links(response));
    }

    [Fact]
    public async Task Get_HeadingsAndFolders_KeepTheOrder()
    {
        _folder.Folder("sub/deep");
        var html = (await _folder.GetAsync("/sub/?sort=size&order=desc")).BodyText;
        Assert.Contains("class=\"size\" aria-sort=\"descending\"><a href=\"?sort=size&amp;order=asc\">", html, StringComparison.Ordinal);
        Assert.Contains("class=\"date\"><a href=\"?sort=date&amp;order=desc\">", html, StringComparison.Ordinal);
        Assert.Contains("class=\"name\"><a href=\"./\">", html, StringComparison.Ordinal);
        Assert.Contains("href=\"./deep/?sort=size&amp;order=desc\"", html, StringComparison.Ordinal);
        Assert.Contains("href=\"../?sort=size&amp;order=desc\"", html, StringComparison.Ordinal);
        Assert.Single(Regex.Matches(html, "aria-sort=\""));
    }

    [Fact]
    public async Task Get_DeepDirectory_HasBreadcrumbsThatAreEscaped()
    {
        _folder.Folder("a & b/<c>");
        var html = (await _folder.GetAsync("/a%20%26%20b/%3Cc%3E/")).BodyText;
        Assert.Contains("<a href=\"/\">", html, StringComparison.Ordinal);
        Assert.Contains("<a href=\"/a%20&amp;%20b/\"><bdi>a &amp; b</bdi></a>", html, StringComparison.Ordinal);
        Assert.Contains("<h1><bdi>&lt;c&gt;</bdi></h1>", html, StringComparison.Ordinal);
        Assert.Contains("<title>Index of /a &amp; b/&lt;c&gt;/</title>", html, StringComparison.Ordinal);
        Assert.Contains("This folder is empty.", html, StringComparison.Ordinal);
        Assert.Contains("0 folders, 0 files", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, SymbolicLinkPolicy.InsideRoot, "dir/ in/ a inside")]
    [InlineData(true, SymbolicLinkPolicy.InsideRoot, "dir/ in/ .hidden .well-known a inside")]
    [InlineData(false, SymbolicLinkPolicy.Deny, "dir/ a")]
    [InlineData(false, SymbolicLinkPolicy.Follow, "dir/ in/ a inside outside")]
    public async Task Get_HiddenFilesAndLinks_FollowTheOptions(bool showHidden, SymbolicLinkPolicy links, string expected)
    {
        foreach (var name in new[] { "a", ".hidden", ".well-known", "../secret" })
        {
            _folder.Write(name);
        }

        _folder.Folder("dir");
        _folder.Link("in", "dir");
        _folder.Link("inside", "a");
        _folder.Link("outside", "../secret");
        _folder.Link("dangling", "nowhere");
        var response = await _folder.GetAsync("/", options => (options.ShowHidden, options.SymbolicLinks) = (showHidden, links));
        Assert.Equal(expected, ListingFolder.Names(response));
        Assert.Equal(expected.Split(' ').Count(name => name is "in/" or "inside" or "outside"), Regex.Count(response.BodyText, "title=\"Symbolic link\""));
    }

    [Theory]
    [InlineData("*.bak", "old/ A.TXT b.txt SECRETS.md")]
    [InlineData("secret*", "old/ A.TXT b.txt x.bak")]
    [InlineData("*.bak secret* old", "A.TXT b.txt")]
    [InlineData("?.txt", "old/ SECRETS.md x.bak")]
    [InlineData("*", "")]
    public async Task Get_HiddenPatterns_AreLeftOutWithoutRegardToCase(string patterns, string expected)
    {
        foreach (var name in new[] { "A.TXT", "b.txt", "x.bak", "SECRETS.md", "old/y" })
        {
            _folder.Write(name);
        }

        var response = await _folder.GetAsync("/", options => options.Hide = patterns.Split(' '));
        Assert.Equal(expected, ListingFolder.Names(response));
    }

    [Theory]
    [InlineData("/.well-known/", false, true)]
    [InlineData("/.well-known/acme-challenge/", false, true)]
    [InlineData("/.well-known/acme-challenge", false, true)]
    [InlineData("/.well-known/acme-challenge/", true, false)]
    [InlineData("/a.b/", false, false)]
    public async Task Get_DirectoryBelowADot_IsPassedOnUnlessHiddenOnesAreShown(string target, bool showHidden, bool isPassedOn)
    {
        _folder.Folder(".well-known/acme-challenge");
        _folder.Folder("a.b");
        var context = TestHttpContext.Get(target);
        await _folder.SendAsync(context, options => options.ShowHidden = showHidden);
        Assert.Equal(isPassedOn, context.NextWasCalled);
    }

    [Theory]
    [InlineData("/private/", true)]
    [InlineData("/PRIVATE-2/deep/", true)]
    [InlineData("/public/", false)]
    [InlineData("/", false)]
    public async Task Get_DirectoryThatAPatternHides_IsPassedOn(string target, bool isPassedOn)
    {
        _folder.Folder("private");
        _folder.Folder("PRIVATE-2/deep");
        _folder.Folder("public");
        var context = TestHttpContext.Get(target);
        await _folder.SendAsync(context, options => options.Hide = ["private*"]);
        Assert.Equal(isPassedOn, context.NextWasCalled);
    }

    [Theory]
    [InlineData("/sub", "/sub/")]
    [InlineData("/sub?x=1", "/sub/?x=1")]
    [InlineData("/sub?format=json&page=2", "/sub/?format=json&page=2")]
    [InlineData("//sub", "/sub/")]
    public async Task Get_DirectoryWithoutSlash_IsRedirected(string target, string location)
    {
        _folder.Folder("sub");
        var response = await _folder.GetAsync(target);
        Assert.Equal((301, location), (response.StatusCode, response.Headers[Fields.Location].ToString()));
    }

    [Theory]
    [InlineData("GET", "/a")]
    [InlineData("GET", "/missing/")]
    [InlineData("GET", "/out/")]
    [InlineData("GET", "/.git/")]
    [InlineData("POST", "/")]
    [InlineData("DELETE", "/")]
    public async Task Invoke_NotADirectoryToList_IsPassedOn(string method, string target)
    {
        _folder.Write("a");
        _folder.Write(".git/x");
        _folder.Link("out", _folder.Outer);
        var context = new TestHttpContext(method, target);
        await _folder.SendAsync(context);
        Assert.True(context.NextWasCalled);
    }

    [Fact]
    public async Task Get_DirectorySwappedBetweenLookAndReading_IsNotFollowed()
    {
        _folder.Folder("sub");
        _folder.Write("../secret");
        var root = new Moq.Mock<IDocumentRoot>();
        var actual = _folder.Open();
        var directory = actual.Find("/sub/");
        root.Setup(r => r.Find("/sub/")).Returns(directory);
        root.Setup(r => r.Enumerate(Moq.It.IsAny<IFileEntry>())).Returns<IFileEntry>(actual.Enumerate);
        using var middleware = Make(root.Object);
        Directory.Delete(Path.Combine(_folder.Root, "sub"));
        Assert.Equal(404, (await TestHttpContext.Get("/sub/").SendAsync(middleware, Cancellation)).StatusCode);
        Directory.CreateSymbolicLink(Path.Combine(_folder.Root, "sub"), _folder.Outer);
        Assert.Equal(403, (await TestHttpContext.Get("/sub/").SendAsync(middleware, Cancellation)).StatusCode);
    }

    [Fact]
    public async Task Get_FailuresOfReading_DoNotUseUpTheTurns()
    {
        var root = new Moq.Mock<IDocumentRoot>();
        root.Setup(r => r.Find("/")).Returns(_folder.Open().Find("/"));
        root.Setup(r => r.Enumerate(Moq.It.IsAny<IFileEntry>())).Throws<UnauthorizedAccessException>();
        using var middleware = Make(root.Object);
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(403, (await TestHttpContext.Get("/").SendAsync(middleware, Cancellation)).StatusCode);
        }
    }

    [Fact]
    public async Task Invoke_ClientGoneWhileItIsRead_IsCancelled()
    {
        using var source = new CancellationTokenSource();
        var root = new Moq.Mock<IDocumentRoot>();
        root.Setup(r => r.Find("/")).Returns(_folder.Open().Find("/"));
        root.Setup(r => r.Enumerate(Moq.It.IsAny<IFileEntry>())).Returns(Endless);
        using var middleware = Make(root.Object);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => TestHttpContext.Get("/").SendAsync(middleware, source.Token));

        IEnumerable<DirectoryItem> Endless()
        {
            for (var i = 0; ; i++)
            {
                source.Cancel();
                yield return new DirectoryItem { Name = $"{i}", Kind = FileKind.File };
            }
        }
    }

    private static DirectoryListingMiddleware Make(IDocumentRoot root)
    {
        var cache = new Moq.Mock<IOpenFileCache>();
        cache.Setup(c => c.OpenRoot(Moq.It.IsAny<IPipelineEntry>(), Moq.It.IsAny<DocumentRootOptions>())).Returns(root);
        return new DirectoryListingMiddleware(
            Options.Create(new DirectoryListingOptions()), new TestPipelineEntry(), cache.Object, NullLogger<DirectoryListingMiddleware>.Instance);
    }

    private static void AssertFound(ListingFolder folder, (string Href, string Name)[] links, string[] names)
    {
        Assert.Equal(names.Order(StringComparer.Ordinal), links.Select(link => link.Name).Order(StringComparer.Ordinal));
        var root = folder.Open();
        foreach (var (href, name) in links)
        {
            Assert.DoesNotContain(href, c => c is '"' or '<' or '&' or ' ' or '\'' or > '~' or < '!');
            var target = new Uri(new Uri("http://localhost/"), href);
            Assert.Equal("localhost", target.Host);
            var found = root.Find(TestHttpContext.Get("/" + href[2..]).Request.Path);
            Assert.Equal((FileKind.File, Path.Combine(folder.Root, name)), (found.Kind, found.PhysicalPath));
        }
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = System.Diagnostics.Process.Start(program, arguments);
        await process.WaitForExitAsync(Cancellation);
        Assert.Equal(0, process.ExitCode);
    }
}
