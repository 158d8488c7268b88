using Webserv.Abstractions.Files;
using Webserv.Abstractions.Http;
using Webserv.Gateway;
using Webserv.Gateway.Scripts;
using Webserv.Testing.Files;
using Webserv.Testing.Pipeline;

namespace Webserv.Plugins.Cgi.Tests;

public sealed class ScriptResolverTests : IDisposable
{
    private readonly string _base = Directory.CreateTempSubdirectory("cgi-resolver-").FullName;
    private readonly string _root;

    public ScriptResolverTests()
    {
        _root = Path.Join(_base, "root");
        foreach (var file in (string[])
            ["a.php", "A.PHP", "d/b.php", "d/index.php", "d.php/inner.php", "d.php/index.py", "e/readme", "tool.cgi", "x.tar.php", ".hidden.php", ".git/x.php", ".php", "ü é.php", "plain"])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Join(_root, file))!);
            File.WriteAllText(Path.Join(_root, file), "");
        }

        File.WriteAllText(Path.Join(_base, "outside.php"), "");
        File.CreateSymbolicLink(Path.Join(_root, "escape.php"), Path.Join(_base, "outside.php"));
        File.CreateSymbolicLink(Path.Join(_root, "inside.php"), Path.Join(_root, "a.php"));
    }

    public void Dispose() => Directory.Delete(_base, recursive: true);

    [Theory]
    [InlineData("/a.php", "/a.php", "")]
    [InlineData("/a.php/", "/a.php", "/")]
    [InlineData("/a.php/x/y", "/a.php", "/x/y")]
    [InlineData("/a.php/b.php/c", "/a.php", "/b.php/c")]
    [InlineData("/a.php/x%2Fy", "/a.php", "/x%2Fy")]
    [InlineData("/a.php//x", "/a.php", "//x")]
    [InlineData("/A.PHP", "/A.PHP", "")]
    [InlineData("/d/b.php/p", "/d/b.php", "/p")]
    [InlineData("/d.php/inner.php", "/d.php/inner.php", "")]
    [InlineData("/d.php/inner.php/z", "/d.php/inner.php", "/z")]
    [InlineData("/d/", "/d/index.php", "")]
    [InlineData("/d.php/", "/d.php/index.py", "")]
    [InlineData("/tool.cgi/q", "/tool.cgi", "/q")]
    [InlineData("/x.tar.php", "/x.tar.php", "")]
    [InlineData("/inside.php/i", "/inside.php", "/i")]
    [InlineData("/ü é.php/ö", "/ü é.php", "/ö")]
    public void Resolve_Script_SplitsThePath(string path, string name, string pathInfo)
    {
        var script = Resolver().Resolve(path)!;
        Assert.Equal((name, pathInfo, _root + name), (script.Name, script.PathInfo, script.FileName));
        Assert.Equal(pathInfo.Length == 0 ? null : _root + pathInfo, script.PathTranslated);
        Assert.Equal(Path.GetDirectoryName(_root + name), script.WorkingDirectory);
        Assert.Equal(("", _root), (script.ContextPrefix, script.ContextRoot));
    }

    [Theory]
    [InlineData("*")]
    [InlineData("/")]
    [InlineData("/plain")]
    [InlineData("/d")]
    [InlineData("/e/")]
    [InlineData("/e/readme")]
    [InlineData("/none.php")]
    [InlineData("/none.php/x")]
    [InlineData("/none/a.php")]
    [InlineData("/.hidden.php")]
    [InlineData("/.git/x.php")]
    [InlineData("/.php")]
    [InlineData("/a.phpx")]
    [InlineData("/aphp")]
    [InlineData("/d.php")]
    public void Resolve_NoScript_IsNull(string path) => Assert.Null(Resolver().Resolve(path));

    [Fact]
    public void Resolve_LinkOutOfTheRoot_Throws403() =>
        Assert.Equal(403, Assert.Throws<HttpException>(() => Resolver().Resolve("/escape.php")).StatusCode);

    [Theory]
    [InlineData("/cgi/a.php/x", "/cgi/a.php", "/x", "/a.php", "/cgi")]
    [InlineData("/cgi/d/", "/cgi/d/index.php", "", "/d/index.php", "/cgi")]
    [InlineData("/cgi/ü é.php/ö/%2F", "/cgi/ü é.php", "/ö/%2F", "/ü é.php", "/cgi")]
    public void Resolve_AliasRoot_KeepsThePrefixInTheName(string path, string name, string pathInfo, string file, string prefix)
    {
        var script = Resolver(entry: new TestPipelineEntry { Root = _root, RootMatchPath = "/cgi/*", MatchPath = "/cgi/*" }).Resolve(path)!;
        Assert.Equal((name, pathInfo, _root + file, prefix), (script.Name, script.PathInfo, script.FileName, script.ContextPrefix));
        Assert.Equal(pathInfo.Length == 0 ? null : _root + pathInfo, script.PathTranslated);
    }

    [Theory]
    [InlineData("/a.php", "/a.php")]
    [InlineData("/a.php/x", "/a.php/x")]
    public void Resolve_FullPath_GivesTheWholePath(string path, string pathInfo)
    {
        var script = Resolver(static options => options.PathInfo = PathInfoStyle.FullPath).Resolve(path)!;
        Assert.Equal(("/a.php", pathInfo, _root + pathInfo), (script.Name, script.PathInfo, script.PathTranslated));
    }

    [Theory]
    [InlineData("/none.php", "/none.php", "", "")]
    [InlineData("/none.php/x", "/none.php", "/x", "")]
    [InlineData("/d/none.php", "/d/none.php", "", "/d")]
    [InlineData("/gone/none.php", "/gone/none.php", "", "")]
    public void Resolve_ScriptNeedNotExist_IsFoundAllTheSame(string path, string name, string pathInfo, string directory)
    {
        var script = Resolver(static options => options.CheckScriptExists = false).Resolve(path)!;
        Assert.Equal((name, pathInfo, _root + name, _root + directory), (script.Name, script.PathInfo, script.FileName, script.WorkingDirectory));
    }

    [Theory]
    [InlineData("/.hidden.php")]
    [InlineData("/.git/x.php")]
    [InlineData("/none.cgi")] // cannot run itself
    [InlineData("/none.txt")]
    [InlineData("/plain/x.php")] // php-cgi would run /plain
    [InlineData("/plain//x.php")]
    [InlineData("/e/readme/deep/er/x.php")]
    public void Resolve_ScriptNeedNotExist_ButIsNoneAllTheSame(string path) =>
        Assert.Null(Resolver(static options => options.CheckScriptExists = false).Resolve(path));

    [Theory]
    [InlineData("/plain", "/plain", "", "*")]
    [InlineData("/plain/x", "/plain", "/x", "*")]
    [InlineData("/e/readme/a.php", "/e/readme", "/a.php", "*")]
    [InlineData("/a.php", "/a.php", "", ".php")]
    public void Resolve_AnyFile_TakesTheFirstOne(string path, string name, string pathInfo, string ending)
    {
        var script = Resolver(static options => options.Interpreters["*"] = "").Resolve(path)!;
        Assert.Equal((name, pathInfo, ending), (script.Name, script.PathInfo, script.Ending));
    }

    [Theory]
    [InlineData("/cgi/*", "/cgi/a/b", "/cgi", "/a/b")]
    [InlineData("/cgi/*", "/cgi/", "/cgi", "/")]
    [InlineData("/cgi/*", "/cgi", "/cgi", "")]
    [InlineData("/cgi/*", "/cgi/a.php", "/cgi", "/a.php")]
    [InlineData("/cgi/*", "/cgi/.git/x", "/cgi", "/.git/x")]
    [InlineData("/cgi/*", "/cgi/plain/x/", "/cgi", "/plain/x/")]
    [InlineData("/tool.cgi/*", "/tool.cgi/a", "/tool.cgi", "/a")]
    [InlineData("/tool.cgi/*", "/tool.cgi", "/tool.cgi", "")]
    [InlineData("/a/b", "/a/b", "/a/b", "")]
    [InlineData("/tool.cgi", "/tool.cgi", "/tool.cgi", "")]
    [InlineData("/*", "/a/b", "", "/a/b")]
    public void Resolve_OneScript_AnswersForEveryPath(string pattern, string path, string name, string pathInfo)
    {
        var entry = new TestPipelineEntry { Root = _root, RootMatchPath = pattern, MatchPath = pattern };
        var script = Resolver(static options => options.Script = "tool.cgi", entry).Resolve(path)!;
        Assert.Equal((name, pathInfo, _root + "/tool.cgi", _root), (script.Name, script.PathInfo, script.FileName, script.WorkingDirectory));
        Assert.Equal(pathInfo.Length == 0 ? null : _root + pathInfo, script.PathTranslated);
        Assert.Equal((".cgi", name), (script.Ending, script.ContextPrefix));
    }

    [Theory]
    [InlineData("/git/*", "/git/a", "/git", "/a")]
    [InlineData("/srv/git/*", "/srv/git/a", "/srv/git", "/a")]
    public void Resolve_OneScriptOfABranchsRoot_IsNamedByTheNearestPattern(string pattern, string path, string name, string pathInfo)
    {
        var entry = new TestPipelineEntry { Root = _root, RootMatchPath = "/srv/*", MatchPath = pattern };
        var script = Resolver(static options => options.Script = "d/b.php", entry).Resolve(path)!;
        Assert.Equal((name, pathInfo, _root + "/d/b.php", _root + "/d"), (script.Name, script.PathInfo, script.FileName, script.WorkingDirectory));
    }

    [Fact]
    public void Resolve_OneScriptWithFullPath_GivesTheWholePath()
    {
        var entry = new TestPipelineEntry { Root = _root, RootMatchPath = "/cgi/*", MatchPath = "/cgi/*" };
        var script = Resolver(static options => (options.Script, options.PathInfo) = ("tool.cgi", PathInfoStyle.FullPath), entry).Resolve("/cgi/a")!;
        Assert.Equal(("/cgi", "/cgi/a"), (script.Name, script.PathInfo));
    }

    [Fact]
    public void Resolve_OneScriptWithoutEnding_RunsItself()
    {
        var options = new CgiOptions { Script = "plain" };
        var script = Resolver(options).Resolve("/a")!;
        Assert.Null(options.ToInterpreterTable()[script.Ending].Program);
    }

    [Theory]
    [InlineData("*")]
    [InlineData("/a")]
    public void Resolve_OneScriptThatIsMissing_IsNull(string path) =>
        Assert.Null(Resolver(static options => options.Script = "none.cgi").Resolve(path));

    [Fact]
    public void Resolve_OneScriptThatIsALinkOutOfTheRoot_Throws403() =>
        Assert.Equal(403, Assert.Throws<HttpException>(() => Resolver(static options => options.Script = "escape.php").Resolve("/a")).StatusCode);

    [Fact]
    public void Resolve_NoIndex_LeavesDirectoriesAlone() =>
        Assert.Null(Resolver(static options => options.Index = []).Resolve("/d/"));

    private ScriptResolver Resolver(Action<CgiOptions>? configure = null, TestPipelineEntry? entry = null)
    {
        var options = new CgiOptions { Interpreters = { [".php"] = "php-cgi", [".py"] = "python3", [".cgi"] = "" } };
        configure?.Invoke(options);
        return Resolver(options, entry);
    }

    private ScriptResolver Resolver(CgiOptions options, TestPipelineEntry? entry = null)
    {
        entry ??= new TestPipelineEntry { Root = _root };
        return new ScriptResolver(
            entry, new TestFileCache().OpenRoot(entry, new DocumentRootOptions()), options.ToScriptRules(options.ToInterpreterTable()));
    }
}
