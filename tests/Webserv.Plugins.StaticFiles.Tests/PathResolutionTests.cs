using CsCheck;
using Webserv.Testing.Http;

namespace Webserv.Plugins.StaticFiles.Tests;

/// <summary>
/// What a GET is answered with: a table of paths by policies. <c>=</c> is the file of that name, <c>/x</c> the file x, <c>&gt;</c> a
/// redirect there, <c>-</c> left to what follows, a number that status.
/// </summary>
public sealed class PathResolutionTests
{
    private static readonly Dictionary<string, Action<StaticFilesOptions>> Policies = new()
    {
        ["Default"] = _ => { },
        ["Dot"] = options => options.ServeDotFiles = true,
        ["Strict"] = options => options.NoIndexStatus = 403,
        ["Clean"] = options => options.TryFiles = ["{path}", "{path}.html", "{path}/", "=404"],
        ["Spa"] = options => options.Fallback = "/index.html",
        ["Front"] = options => options.TryFiles = ["{path}", "{path}/", "/index.html"],
        ["Ignore"] = options => options.CaseSensitivity = CaseSensitivity.Ignore,
        ["Redirect"] = options => options.CaseSensitivity = CaseSensitivity.Redirect,
    };

    private static readonly string[] Files =
    [
        "index.html", "a.txt", "about.html", "with/index.html", "docs.html", "docs/index.html", "without/b.html", "Mixed/Name.TXT", ".hidden",
        ".git/config", ".well-known/x.txt", "ü b/index.html", "100%.txt", "a;b.txt", "a+b.txt", "a b.txt", "q?.txt", "h#.txt", "x.tar.gz", "a..b",
        "UP.txt", "up.txt",
    ];

    private const string Table = """
        target                 Default         Dot             Strict          Clean           Spa             Front           Ignore          Redirect
        /                      /index.html     /index.html     /index.html     /index.html     /index.html     /index.html     /index.html     /index.html
        /?a                    /index.html     /index.html     /index.html     /index.html     /index.html     /index.html     /index.html     /index.html
        /index.html            =               =               =               =               =               =               =               =
        /a.txt                 =               =               =               =               =               =               =               =
        /a.txt?x=1             /a.txt          /a.txt          /a.txt          /a.txt          /a.txt          /a.txt          /a.txt          /a.txt
        /a%2etxt               /a.txt          /a.txt          /a.txt          /a.txt          /a.txt          /a.txt          /a.txt          /a.txt
        /a.txt/                -               -               -               404             /index.html     /index.html     -               -
        /a.txt/b               -               -               -               404             /index.html     /index.html     -               -
        /a.tx                  -               -               -               404             -               /index.html     -               -
        /nothing               -               -               -               404             /index.html     /index.html     -               -
        /nothing/              -               -               -               404             /index.html     /index.html     -               -
        /nothing.js            -               -               -               404             -               /index.html     -               -
        /no/such/page          -               -               -               404             /index.html     /index.html     -               -
        /no/such/part.css      -               -               -               404             -               /index.html     -               -
        /about                 -               -               -               /about.html     /index.html     /index.html     -               -
        /about/                -               -               -               404             /index.html     /index.html     -               -
        /about.html            =               =               =               =               =               =               =               =
        /with                  >/with/         >/with/         >/with/         >/with/         >/with/         >/with/         >/with/         >/with/
        /with?q                >/with/?q       >/with/?q       >/with/?q       >/with/?q       >/with/?q       >/with/?q       >/with/?q       >/with/?q
        /with/                 /with/index.html /with/index.html /with/index.html /with/index.html /with/index.html /with/index.html /with/index.html /with/index.html
        /with/nothing          -               -               -               404             /index.html     /index.html     -               -
        /with/index.html/x     -               -               -               404             /index.html     /index.html     -               -
        /docs                  >/docs/         >/docs/         >/docs/         /docs.html      >/docs/         >/docs/         >/docs/         >/docs/
        /docs/                 /docs/index.html /docs/index.html /docs/index.html /docs/index.html /docs/index.html /docs/index.html /docs/index.html /docs/index.html
        /without               >/without/      >/without/      >/without/      404             >/without/      /index.html     >/without/      >/without/
        /without/              -               -               403             404             -               /index.html     -               -
        /without/b             -               -               -               /without/b.html /index.html     /index.html     -               -
        /without/b.html        =               =               =               =               =               =               =               =
        /.hidden               -               =               -               404             -               /index.html     -               -
        /.hidden/              -               -               -               404             /index.html     /index.html     -               -
        /.git                  -               >/.git/         -               404             -               /index.html     -               -
        /.git/                 -               -               -               404             /index.html     /index.html     -               -
        /.git/config           -               =               -               404             /index.html     /index.html     -               -
        /with/../.hidden       -               /.hidden        -               404             -               /index.html     -               -
        /.well-known/x.txt     =               =               =               =               =               =               =               =
        /.well-known/          -               -               403             404             -               /index.html     -               -
        /%C3%BC%20b            >/%C3%BC%20b/   >/%C3%BC%20b/   >/%C3%BC%20b/   >/%C3%BC%20b/   >/%C3%BC%20b/   >/%C3%BC%20b/   >/%C3%BC%20b/   >/%C3%BC%20b/
        /%c3%bc%20b/           /ü_b/index.html /ü_b/index.html /ü_b/index.html /ü_b/index.html /ü_b/index.html /ü_b/index.html /ü_b/index.html /ü_b/index.html
        /100%25.txt            /100%.txt       /100%.txt       /100%.txt       /100%.txt       /100%.txt       /100%.txt       /100%.txt       /100%.txt
        /a;b.txt               =               =               =               =               =               =               =               =
        /a+b.txt               =               =               =               =               =               =               =               =
        /a%2Bb.txt             /a+b.txt        /a+b.txt        /a+b.txt        /a+b.txt        /a+b.txt        /a+b.txt        /a+b.txt        /a+b.txt
        /a%20b.txt             /a_b.txt        /a_b.txt        /a_b.txt        /a_b.txt        /a_b.txt        /a_b.txt        /a_b.txt        /a_b.txt
        /q%3F.txt              /q?.txt         /q?.txt         /q?.txt         /q?.txt         /q?.txt         /q?.txt         /q?.txt         /q?.txt
        /h%23.txt              /h#.txt         /h#.txt         /h#.txt         /h#.txt         /h#.txt         /h#.txt         /h#.txt         /h#.txt
        /x.tar.gz              =               =               =               =               =               =               =               =
        /a..b                  =               =               =               =               =               =               =               =
        /./a.txt               /a.txt          /a.txt          /a.txt          /a.txt          /a.txt          /a.txt          /a.txt          /a.txt
        /with/../a.txt         /a.txt          /a.txt          /a.txt          /a.txt          /a.txt          /a.txt          /a.txt          /a.txt
        /with/%2e%2e/a.txt     /a.txt          /a.txt          /a.txt          /a.txt          /a.txt          /a.txt          /a.txt          /a.txt
        /..%2fa.txt            -               -               -               404             -               /index.html     -               -
        /with%2findex.html     -               -               -               404             -               /index.html     -               -
        /%5Ca.txt              -               -               -               404             -               /index.html     -               -
        /A.TXT                 -               -               -               404             -               /index.html     /a.txt          >/a.txt
        /A.TXT?x=1             -               -               -               404             -               /index.html     /a.txt          >/a.txt?x=1
        /A.TXT/                -               -               -               404             /index.html     /index.html     -               -
        /ABOUT                 -               -               -               404             /index.html     /index.html     -               -
        /WITH                  -               -               -               404             /index.html     /index.html     >/with/         >/with
        /WITH/                 -               -               -               404             /index.html     /index.html     /with/index.html >/with/
        /WITH/INDEX.HTML       -               -               -               404             -               /index.html     /with/index.html >/with/index.html
        /WITHOUT/              -               -               -               404             /index.html     /index.html     -               >/without/
        /with/INDEX.html       -               -               -               404             -               /index.html     /with/index.html >/with/index.html
        /mixed/name.txt        -               -               -               404             -               /index.html     /Mixed/Name.TXT >/Mixed/Name.TXT
        /Mixed/name.TXT        -               -               -               404             -               /index.html     /Mixed/Name.TXT >/Mixed/Name.TXT
        /mixed/nothing         -               -               -               404             /index.html     /index.html     -               -
        /UP.txt                =               =               =               =               =               =               =               =
        /up.txt                =               =               =               =               =               =               =               =
        /Up.txt                -               -               -               404             -               /index.html     /UP.txt         >/UP.txt
        /%C3%9C%20B/           -               -               -               404             /index.html     /index.html     /ü_b/index.html >/%C3%BC%20b/
        /Q%3F.TXT              -               -               -               404             -               /index.html     /q?.txt         >/q%3F.txt
        /.HIDDEN               -               -               -               404             -               /index.html     -               -
        /.GIT/config           -               -               -               404             /index.html     /index.html     -               -
        /.Well-Known/x.txt     -               -               -               404             -               /index.html     /.well-known/x.txt >/.well-known/x.txt
        /out                   403             403             403             403             403             403             403             403
        /OUT                   -               -               -               404             /index.html     /index.html     -               -
        /out-dir/passwd        403             403             403             403             403             403             403             403
        /OUT-DIR/secret        -               -               -               404             /index.html     /index.html     -               -
        /in                    /a.txt          /a.txt          /a.txt          /a.txt          /a.txt          /a.txt          /a.txt          /a.txt
        /IN                    -               -               -               404             /index.html     /index.html     /a.txt          >/in
        """;

    public static TheoryData<string> PolicyNames => [.. Policies.Keys];

    [Theory]
    [MemberData(nameof(PolicyNames))]
    public async Task Get_Path_IsResolved(string policy)
    {
        await using var site = await CreateAsync(Policies[policy]);
        var rows = Table.Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToArray();
        var column = Array.IndexOf(rows[0], policy);
        var wrong = new List<string>();
        foreach (var row in rows.Skip(1))
        {
            // Twice: what is remembered of the first must not change the second.
            for (var i = 0; i < 2; i++)
            {
                var expected = row[column] == "=" ? row[0] : row[column].Replace('_', ' ');
                var actual = await GetAsync(site, row[0]);
                if (actual != expected)
                {
                    wrong.Add($"{row[0]} ({policy}): {actual}, not {expected}");
                }
            }
        }

        Assert.Empty(wrong);
        Assert.InRange(rows.Length, 75, 200);
    }

    [Theory]
    [InlineData("Ignore", "/kapouet/A.TXT", "/a.txt")]
    [InlineData("Ignore", "/kapouet/MIXED/NAME.TXT", "/Mixed/Name.TXT")]
    [InlineData("Ignore", "/kapouet/nothing", "-")]
    [InlineData("Redirect", "/kapouet/MIXED/NAME.TXT", ">/kapouet/Mixed/Name.TXT")]
    [InlineData("Redirect", "/kapouet/WITH/?q", ">/kapouet/with/?q")]
    [InlineData("Clean", "/kapouet/about", "/about.html")]
    [InlineData("Clean", "/kapouet/nothing", "404")]
    [InlineData("Front", "/kapouet/no/such", "/index.html")]
    [InlineData("Spa", "/kapouet/no/such", "/index.html")]
    [InlineData("Spa", "/kapouet", ">/kapouet/")]
    [InlineData("Strict", "/kapouet/without/", "403")]
    public async Task Get_PathBehindAnAlias_IsResolved(string policy, string target, string expected)
    {
        await using var site = await CreateAsync(Policies[policy], "/kapouet/*");
        Assert.Equal(expected, await GetAsync(site, target));
    }

    [Theory]
    [InlineData("/a.txt", "/about.html", "/about.html", "{path}")]
    [InlineData("/a.txt", "/a.txt", "/nothing.html", "{path}")]
    [InlineData("/b", "/without/b.html", "/without{path}.html")]
    [InlineData("/with", "/with/index.html", "{path}/index.html")]
    [InlineData("/with/", "/with/index.html", "{path}/index.html")]
    [InlineData("/x", "/with/index.html", "{path}", "/with/")]
    [InlineData("/x", "/index.html", "{path}", "/")]
    [InlineData("/x", "-", "{path}", "/without/")]
    [InlineData("/x", "503", "{path}", "/without/", "=503")]
    [InlineData("/x", "403", "{path}", "/out", "/index.html")]
    [InlineData("/a.txt", "-", "/nothing{path}")]
    [InlineData("/with", "-", "{path}")]
    [InlineData("/with/", "-", "{path}")]
    [InlineData("/with/", "/index.html", "{path}", "/index.html")]
    public async Task Get_TryFiles_TakesTheFirstThatIsThere(string target, string expected, params string[] candidates)
    {
        await using var site = await CreateAsync(options => options.TryFiles = candidates);
        Assert.Equal(expected, await GetAsync(site, target));
        Assert.Equal(expected, await GetAsync(site, target));
    }

    [Fact]
    public async Task Get_NoIndexStatus404_IsAnsweredHere()
    {
        await using var site = await CreateAsync(options => options.NoIndexStatus = 404);
        Assert.Equal("404", await GetAsync(site, "/without/"));
        Assert.Equal("/with/index.html", await GetAsync(site, "/with/"));
        Assert.Equal("-", await GetAsync(site, "/nothing/"));
    }

    [Fact]
    public async Task Get_NameThatIsGone_IsLookedForAgain()
    {
        await using var site = await CreateAsync(Policies["Ignore"]);
        Assert.Equal("/a.txt", await GetAsync(site, "/A.txt"));
        File.Move(Path.Combine(site.Root, "a.txt"), Path.Combine(site.Root, "a.TXT"));
        site.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("/a.txt", await GetAsync(site, "/A.txt")); // its content still says so
        File.Delete(Path.Combine(site.Root, "a.TXT"));
        Assert.Equal("-", await GetAsync(site, "/A.txt"));
    }

    [Fact]
    public async Task Get_AnyTargetUnderAnyPolicy_IsAnsweredFromInsideTheRoot()
    {
        string[] parts = ["a.txt", "A.TXT", "with", "WITH", "out", "OUT", "out-dir", "OUT-DIR", "passwd", "PASSWD", "in", "..", "%2e%2e", ".", "", "%2f", "..%2f", "%5c", ".git", "x"];
        var sites = new List<Site>();
        try
        {
            foreach (var policy in Policies.Values)
            {
                sites.Add(await CreateAsync(options =>
                {
                    policy(options);
                    options.TryFiles = options.TryFiles.Count > 0 ? ["{path}.html", "{path}/index.html", "/with{path}", "/out-dir{path}", .. options.TryFiles] : [];
                }));
            }

            await Gen.Int[0, parts.Length - 1].Array[1, 5].Select(names => "/" + string.Join('/', names.Select(name => parts[name]))).SampleAsync(
                async target =>
                {
                    foreach (var site in sites)
                    {
                        var answer = await GetAsync(site, target);
                        Assert.True(answer[0] is '/' or '>' or '-' or '4' || answer.StartsWith("<p>", StringComparison.Ordinal), $"{target}: {answer}");
                    }
                },
                iter: 500,
                threads: 1);
        }
        finally
        {
            foreach (var site in sites)
            {
                await site.DisposeAsync();
            }
        }
    }

    private static async Task<Site> CreateAsync(Action<StaticFilesOptions> configure, string? alias = null)
    {
        var site = await Site.CreateAsync(configure, alias);
        foreach (var file in Files)
        {
            site.Write(file, "/" + file);
        }

        File.CreateSymbolicLink(Path.Combine(site.Root, "out"), "/etc/passwd");
        File.CreateSymbolicLink(Path.Combine(site.Root, "out-dir"), "/etc");
        File.CreateSymbolicLink(Path.Combine(site.Root, "in"), "a.txt");
        return site;
    }

    private static async Task<string> GetAsync(Site site, string target)
    {
        var context = TestHttpContext.Get(target);
        var response = await site.SendThroughPipelineAsync(context);
        return context.NextWasCalled ? "-"
            : response.StatusCode == 200 ? response.BodyText
            : response.StatusCode == 301 ? ">" + response.Headers["Location"]
            : response.StatusCode.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }
}
