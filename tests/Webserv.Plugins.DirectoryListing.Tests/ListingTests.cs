using System.Net;
using System.Text.RegularExpressions;
using Webserv.Abstractions.Files;
using Webserv.Abstractions.Http;
using Webserv.Testing.Http;
using Webserv.Testing.Pipeline;
using Webserv.Testing.Plugins;

namespace Webserv.Plugins.DirectoryListing.Tests;

public sealed partial class ListingTests : IDisposable
{
    private readonly DirectoryInfo _outer = Directory.CreateTempSubdirectory("webserv-listing-");
    private readonly string _root;

    public ListingTests() => _root = _outer.CreateSubdirectory("root").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _outer.Delete(recursive: true);

    [Fact]
    public async Task Get_Directory_IsAPageWithCountsAndSafeHeaders()
    {
        Write("a.txt", 1500);
        Write("sub/b", 1);
        var response = await GetAsync("/");
        Assert.Equal((200, "text/html; charset=utf-8", "no-cache"), (response.StatusCode, response.Headers[Fields.ContentType].ToString(), response.Headers[Fields.CacheControl].ToString()));
        Assert.StartsWith("default-src 'none'; style-src 'sha256-", response.Headers[Fields.ContentSecurityPolicy].ToString(), StringComparison.Ordinal);
        Assert.Contains("1 folder, 1 file<", response.BodyText, StringComparison.Ordinal);
        Assert.Contains("title=\"1,500 bytes\">1.5 KB<", response.BodyText, StringComparison.Ordinal);
        Assert.DoesNotContain("Parent folder", response.BodyText, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", response.BodyText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_Style_IsAllowedByItsHash()
    {
        var response = await GetAsync("/");
        var html = response.BodyText;
        var style = html[(html.IndexOf("<style>", StringComparison.Ordinal) + 7)..html.IndexOf("</style>", StringComparison.Ordinal)];
        var hash = Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(style)));
        Assert.Contains($"style-src 'sha256-{hash}'", response.Headers[Fields.ContentSecurityPolicy].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_NamesWithEveryTrick_AreEscapedAndFoundAgain()
    {
        string[] names =
        [
            "a b", "100%", "a%20b", "a%2Fb", "#1", "what?", "x&y=z", "\"quoted\"", "it's", "<script>alert(1)</script".Replace("/", "", StringComparison.Ordinal),
            "javascript:alert(1)", "c:d", "a+b", "é-日本-😀", "a;b,c", "[x]", "~", "line\nbreak",
        ];
        foreach (var name in names)
        {
            Write(name, 1);
        }

        var html = (await GetAsync("/")).BodyText;
        Assert.DoesNotContain("<script", html, StringComparison.Ordinal);
        var links = Links().Matches(html).Select(match => (Href: match.Groups[1].Value, Name: WebUtility.HtmlDecode(match.Groups[2].Value))).ToArray();
        Assert.Equal(names.Order(StringComparer.Ordinal), links.Select(link => link.Name).Order(StringComparer.Ordinal));
        var root = new Testing.Files.TestFileCache().OpenRoot(new TestPipelineEntry { Root = _root }, new DocumentRootOptions());
        foreach (var (href, name) in links)
        {
            Assert.DoesNotContain(href, c => c is '"' or '<' or '&' or ' ' or '\'');
            var target = new Uri(new Uri("http://localhost/"), href);
            Assert.Equal("localhost", target.Host);
            var found = root.Find(TestHttpContext.Get("/" + href[2..]).Request.Path);
            Assert.Equal((FileKind.File, Path.Combine(_root, name)), (found.Kind, found.PhysicalPath));
        }
    }

    [Fact]
    public async Task Get_NameThatNoRequestCanName_IsShownWithoutALink()
    {
        Write("back\\slash", 1);
        var html = (await GetAsync("/")).BodyText;
        Assert.Contains("<span class=\"dead\"", html, StringComparison.Ordinal);
        Assert.Empty(Links().Matches(html));
    }

    [Fact]
    public async Task Get_NameThatIsNotUtf8_IsShownWithoutALink()
    {
        // .NET can neither write nor remove such a name: the shell can.
        await RunAsync("sh", "-c", "touch \"$0/$(printf 'bad\\377name')\"", _root);
        var html = (await GetAsync("/")).BodyText;
        await RunAsync("sh", "-c", "rm \"$0\"/bad*", _root);
        Assert.Contains("<span class=\"dead\"", html, StringComparison.Ordinal);
        Assert.Contains("bad\uFFFDname", WebUtility.HtmlDecode(html), StringComparison.Ordinal);
        Assert.Empty(Links().Matches(html));
    }

    [Theory]
    [InlineData("/", "b2/ b10/ a1 a2 A10 z")]
    [InlineData("/?sort=name&order=desc", "b10/ b2/ z A10 a2 a1")]
    [InlineData("/?sort=size&order=desc", "b2/ b10/ a2 A10 a1 z")]
    [InlineData("/?sort=size&order=asc", "b2/ b10/ z a1 A10 a2")]
    [InlineData("/?sort=date&order=asc", "b2/ b10/ a2 A10 a1 z")]
    [InlineData("/?sort=nonsense&order=<script>", "b2/ b10/ a1 a2 A10 z")]
    public async Task Get_Order_IsNaturalWithFoldersFirst(string target, string expected)
    {
        Directory.CreateDirectory(Path.Combine(_root, "b10"));
        Directory.CreateDirectory(Path.Combine(_root, "b2"));
        foreach (var name in new[] { "b10", "b2" })
        {
            Directory.SetLastWriteTimeUtc(Path.Combine(_root, name), DateTime.UnixEpoch);
        }

        Write("z", 0, DateTime.UnixEpoch.AddDays(4));
        Write("a1", 10, DateTime.UnixEpoch.AddDays(3));
        Write("A10", 20, DateTime.UnixEpoch.AddDays(2));
        Write("a2", 30, DateTime.UnixEpoch.AddDays(1));
        var html = (await GetAsync(target.Replace("<script>", "%3Cscript%3E", StringComparison.Ordinal))).BodyText;
        Assert.Equal(expected, string.Join(' ', Links().Matches(html).Select(match => match.Groups[2].Value)));
    }

    [Fact]
    public async Task Get_HeadingsAndFolders_KeepTheOrder()
    {
        Directory.CreateDirectory(Path.Combine(_root, "sub", "deep"));
        var html = (await GetAsync("/sub/?sort=size&order=desc")).BodyText;
        Assert.Contains("<th scope=\"col\" class=\"size\" aria-sort=\"descending\"><a href=\"?sort=size&amp;order=asc\">", html, StringComparison.Ordinal);
        Assert.Contains("href=\"./deep/?sort=size&amp;order=desc\"", html, StringComparison.Ordinal);
        Assert.Contains("href=\"../?sort=size&amp;order=desc\"", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_DeepDirectory_HasBreadcrumbsThatAreEscaped()
    {
        Directory.CreateDirectory(Path.Combine(_root, "a & b", "<c>"));
        var html = (await GetAsync("/a%20%26%20b/%3Cc%3E/")).BodyText;
        Assert.Contains("<a href=\"/\">", html, StringComparison.Ordinal);
        Assert.Contains("<a href=\"/a%20&amp;%20b/\">a &amp; b</a>", html, StringComparison.Ordinal);
        Assert.Contains("<h1>&lt;c&gt;</h1>", html, StringComparison.Ordinal);
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
            Write(name, 1);
        }

        Directory.CreateDirectory(Path.Combine(_root, "dir"));
        Directory.CreateSymbolicLink(Path.Combine(_root, "in"), "dir");
        File.CreateSymbolicLink(Path.Combine(_root, "inside"), "a");
        File.CreateSymbolicLink(Path.Combine(_root, "outside"), "../secret");
        File.CreateSymbolicLink(Path.Combine(_root, "dangling"), "nowhere");
        var html = (await GetAsync("/", options => (options.ShowHidden, options.SymbolicLinks) = (showHidden, links))).BodyText;
        Assert.Equal(expected, string.Join(' ', Links().Matches(html).Select(match => match.Groups[2].Value)));
    }

    [Theory]
    [InlineData("/sub", "/sub/")]
    [InlineData("/sub?x=1", "/sub/?x=1")]
    [InlineData("//sub", "/sub/")]
    public async Task Get_DirectoryWithoutSlash_IsRedirected(string target, string location)
    {
        Directory.CreateDirectory(Path.Combine(_root, "sub"));
        var response = await GetAsync(target);
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
        Write("a", 1);
        Write(".git/x", 1);
        Directory.CreateSymbolicLink(Path.Combine(_root, "out"), _outer.FullName);
        var context = new TestHttpContext(method, target);
        await SendAsync(context, null);
        Assert.True(context.NextWasCalled);
    }

    [Fact]
    public async Task Head_Directory_HasTheFieldsAndNoBody()
    {
        var response = await SendAsync(TestHttpContext.Head("/"), null);
        Assert.Equal((200, "", "text/html; charset=utf-8"), (response.StatusCode, response.BodyText, response.Headers[Fields.ContentType].ToString()));
    }

    [Fact]
    public async Task Get_MoreThanMaxEntries_IsCutAndSaysSo()
    {
        foreach (var name in new[] { "a", "b", "c" })
        {
            Write(name, 1);
        }

        var html = (await GetAsync("/", options => options.MaxEntries = 2)).BodyText;
        Assert.Equal(2, Links().Count(html));
        Assert.Contains("only 2 names are shown", html, StringComparison.Ordinal);
        Assert.DoesNotContain("are shown", (await GetAsync("/", options => options.MaxEntries = 3)).BodyText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_DirectorySwappedBetweenLookAndReading_IsNotFollowed()
    {
        Directory.CreateDirectory(Path.Combine(_root, "sub"));
        Write("../secret", 1);
        var files = new Testing.Files.TestFileCache();
        var root = new Moq.Mock<IDocumentRoot>();
        var actual = files.OpenRoot(new TestPipelineEntry { Root = _root }, new DocumentRootOptions());
        root.Setup(r => r.Find("/sub/")).Returns(actual.Find("/sub/"));
        root.Setup(r => r.Enumerate(Moq.It.IsAny<IFileEntry>())).Returns<IFileEntry>(actual.Enumerate);
        var cache = new Moq.Mock<IOpenFileCache>();
        cache.Setup(c => c.OpenRoot(Moq.It.IsAny<Abstractions.Pipeline.IPipelineEntry>(), Moq.It.IsAny<DocumentRootOptions>())).Returns(root.Object);
        var middleware = new DirectoryListingMiddleware(
            Microsoft.Extensions.Options.Options.Create(new DirectoryListingOptions()), new TestPipelineEntry(), cache.Object);
        Directory.Delete(Path.Combine(_root, "sub"));
        Assert.Equal(404, (await TestHttpContext.Get("/sub/").SendAsync(middleware, Cancellation)).StatusCode);
        Directory.CreateSymbolicLink(Path.Combine(_root, "sub"), _outer.FullName);
        Assert.Equal(403, (await TestHttpContext.Get("/sub/").SendAsync(middleware, Cancellation)).StatusCode);
    }

    [Fact]
    public async Task Validate_WrongOptions_AreNamed()
    {
        await using var host = await PluginHost.CreateAsync<DirectoryListingPlugin>(cancellation: Cancellation);
        Assert.Equal(
            ["SymbolicLinks: '9' is not one of InsideRoot, Deny, Follow", "MaxEntries: 0 is not within 1 to 100000"],
            host.Validate<DirectoryListingOptions>("DirectoryListing", options => (options.SymbolicLinks, options.MaxEntries) = ((SymbolicLinkPolicy)9, 0)));
    }

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(999, "999 B")]
    [InlineData(1000, "1.0 KB")]
    [InlineData(1024, "1.0 KB")]
    [InlineData(10_189, "10 KB")]
    [InlineData(1024 * 999, "999 KB")]
    [InlineData(1024 * 1000, "1.0 MB")]
    [InlineData(long.MaxValue, "8.0 EB")]
    public void Format_Size_IsShort(long bytes, string expected) => Assert.Equal(expected, HumanSize.Format(bytes));

    [Theory]
    [InlineData("a2", "a10")]
    [InlineData("a", "a1")]
    [InlineData("a1b2", "a1b10")]
    [InlineData("A", "b")]
    [InlineData("a01", "a2")]
    [InlineData("9", "99999999999999999999999999")]
    [InlineData("a01", "a1")]
    public void Compare_Names_AreInNaturalOrder(string first, string second)
    {
        Assert.True(NaturalOrder.Compare(first, second) < 0);
        Assert.True(NaturalOrder.Compare(second, first) > 0);
        Assert.Equal(0, NaturalOrder.Compare(first, first));
    }

    [GeneratedRegex("<td class=\"name\"><a href=\"(\\./[^\"]*)\"><svg[^>]*><use[^>]*/></svg><span>([^<]*)</span>")]
    private static partial Regex Links();

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = System.Diagnostics.Process.Start(program, arguments);
        await process.WaitForExitAsync(Cancellation);
        Assert.Equal(0, process.ExitCode);
    }

    private void Write(string name, int length, DateTime? date = null)
    {
        var path = _root + "/" + name;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, new byte[length]);
        File.SetLastWriteTimeUtc(path, date ?? DateTime.UnixEpoch);
    }

    private Task<TestHttpResponse> GetAsync(string target, Action<DirectoryListingOptions>? configure = null) =>
        SendAsync(TestHttpContext.Get(target), configure);

    private async Task<TestHttpResponse> SendAsync(TestHttpContext context, Action<DirectoryListingOptions>? configure)
    {
        await using var host = await PluginHost.CreateAsync<DirectoryListingPlugin>(cancellation: Cancellation);
        await host.UseAsync("DirectoryListing", configure ?? (_ => { }), new TestPipelineEntry { Root = _root }, Cancellation);
        return await host.SendAsync(context, Cancellation);
    }
}
