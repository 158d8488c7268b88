using Webserv.Abstractions.Configuration;

namespace Webserv.Plugins.Cgi.Tests;

public sealed class CgiOptionsValidatorTests
{
    public static TheoryData<string, Action<CgiOptions>> Wrong => new()
    {
        { "Interpreters: must name", static o => o.Interpreters.Clear() },
        { "Interpreters: 'php' must", static o => o.Interpreters["php"] = "x" },
        { "Interpreters: '.' must", static o => o.Interpreters["."] = "x" },
        { "Interpreters: './x' must", static o => o.Interpreters["./x"] = "x" },
        { "Interpreters:.a: has a double quote", static o => o.Interpreters[".a"] = "\"x" },
        { "Timeout: must be between", static o => o.Timeout = TimeSpan.Zero },
        { "Timeout: must be between", static o => o.Timeout = TimeSpan.MaxValue },
        { "FirstByteTimeout: must be between", static o => o.FirstByteTimeout = TimeSpan.Zero },
        { "Limits:Umask: '09' must", static o => o.Limits.Umask = "09" },
        { "TotalTimeout: must be between", static o => o.TotalTimeout = TimeSpan.Zero },
        { "QueueTimeout: must be between", static o => o.QueueTimeout = TimeSpan.FromSeconds(-1) },
        { "KillGrace: must be between", static o => o.KillGrace = TimeSpan.FromMinutes(2) },
        { "MaxHeaderSize: must be between", static o => o.MaxHeaderSize = 255 },
        { "SpoolMemory: must be between", static o => o.SpoolMemory = ByteSize.FromMegabytes(17) },
        { "MaxConcurrent: must be between", static o => o.MaxConcurrent = 0 },
        { "QueueLength: must be between", static o => o.QueueLength = -1 },
        { "Methods: 'get' is no method", static o => o.Methods.Add("get") },
        { "Methods: '' is no method", static o => o.Methods.Add("") },
        { "Methods: no script is run for TRACE", static o => o.Methods.Add("TRACE") },
        { "SendFileRoots: '/p' must be", static o => o.SendFileRoots["/p"] = "x" },
        { "SendFileRoots: 'p/' must be", static o => o.SendFileRoots["p/"] = "x" },
        { "SendFileRoots: '/a%20/' must be", static o => o.SendFileRoots["/a%20/"] = "x" },
        { "SendFileRoots:/p/: must be", static o => o.SendFileRoots["/p/"] = "" },
        { "SendFileDirectories: each must", static o => o.SendFileDirectories.Add("") },
        { "SpoolDirectory: must be", static o => o.SpoolDirectory = "" },
        { "Environment: 'a=b' cannot", static o => o.Environment["a=b"] = "x" },
        { "Environment: '' cannot", static o => o.Environment[""] = "x" },
        { "Environment:A: must be", static o => o.Environment["A"] = "\0" },
        { "PassEnvironment: 'a b' cannot", static o => o.PassEnvironment.Add("a b") },
        { "Index: 'd/i.php' must", static o => o.Index = ["d/i.php"] },
        { "Script: '/a.cgi' must", static o => o.Script = "/a.cgi" },
        { "Script: '../a.cgi' must", static o => o.Script = "../a.cgi" },
        { "Script: '' must", static o => o.Script = "" },
        { "Index: cannot be given with Script", static o => (o.Script, o.Index) = ("d/a.cgi", []) },
        { "CheckScriptExists: must be true", static o => (o.Script, o.CheckScriptExists) = ("a.cgi", false) },
        { "Python:MaxRequests: must be between", static o => o.Python.MaxRequests = 0 },
        { "Python:Preload: 'a b' must", static o => WarmPython(o, "a b") },
        { "Python:Preload: 'a..b' must", static o => WarmPython(o, "a..b") },
        { "Python:Preload: '' must", static o => WarmPython(o, "") },
        { "Python:Preload: '1a' must", static o => WarmPython(o, "1a") },
        { "Python:Preload: means nothing", static o => o.Python.Preload.Add("json") },
        { "Python:Warm: none", static o => o.Python.Warm = true },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Validate_Wrong_NamesTheProperty(string failure, Action<CgiOptions> change)
    {
        var options = Right();
        change(options);
        var result = new CgiOptionsValidator().Validate(null, options);
        Assert.StartsWith(failure, Assert.Single(result.Failures ?? []), StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_Defaults_NeedOnlyAnInterpreter() =>
        Assert.True(new CgiOptionsValidator().Validate(null, Right()).Succeeded);

    [Fact]
    public void Validate_OneScript_NeedsNoInterpreter() =>
        Assert.True(new CgiOptionsValidator().Validate(null, new CgiOptions { Script = "a.cgi" }).Succeeded);

    [Fact]
    public void Validate_SeveralWrong_NamesAll()
    {
        var options = Right();
        options.Timeout = TimeSpan.Zero;
        options.MaxConcurrent = 0;
        Assert.Equal(2, new CgiOptionsValidator().Validate(null, options).Failures!.Count());
    }

    [Theory]
    [InlineData("json")]
    [InlineData("urllib.parse")]
    [InlineData("_thread")]
    public void Validate_WarmPython_IsRight(string module)
    {
        var options = Right();
        WarmPython(options, module);
        Assert.True(new CgiOptionsValidator().Validate(null, options).Succeeded);
    }

    private static void WarmPython(CgiOptions options, string module)
    {
        options.Interpreters[".py"] = "python3 -u";
        options.Python.Warm = true;
        options.Python.Preload.Add(module);
    }

    private static CgiOptions Right() => new() { Interpreters = { [".php"] = "php-cgi", ["*"] = "" } };
}
