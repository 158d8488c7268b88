using Webserv.Abstractions.Configuration;
using Webserv.Host.Configuration;

namespace Webserv.Host.Tests.Configuration;

public sealed class ConfigurationLoaderTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_WholeConfiguration_IsReadIntoTheShapes()
    {
        _folder.Environment["PORT"] = "8081";
        var result = _folder.Load("""
            { // comments are allowed
              "$schema": "webserv.schema.json",
              "Logging": { "LogLevel": { "Default": "Information" } },
              "webserv": {
                "Plugins": { "Directories": ["more", "/opt/plugins"], "HotReload": false },
                "ControlSocket": "run/control.sock",
                "Limits": { "MaxConnections": 99, "RequestHeadTimeout": "1500ms", "KeepAliveTimeout": "00:01:00", "MaxRequestBodySize": "2MB" },
                "Transport": { "Kind": "sockets", "EventLoops": 3 },
                "FileCache": { "MaxMemory": 1024 },
                "VirtualServers": [
                  {
                    "Name": "main",
                    "Listen": ["http://127.0.0.1:8080", "http://[::1]:${PORT}", "unix:run/${NAME:-webserv}.sock"],
                    "HostNames": ["LocalHost", "*.example.com", "::1"],
                    "Root": "site",
                    "MaxRequestBodySize": "10MB",
                    "ErrorPages": { "404": "/errors/404.html" },
                    "ServerTiming": true,
                    "RequestTrace": true,
                    "Pipeline": [
                      { "Use": "Redirect", "When": { "Path": "/old/*" }, "Options": { "To": "/new/", "Status": 301 } },
                      { "When": { "Path": ["/admin/*"], "Methods": ["GET"] }, "Root": "site", "AllowedMethods": ["GET"], "ImplicitHead": false,
                        "Pipeline": [ { "Use": "StaticFiles" }, ] },
                    ],
                  },
                  { "Listen": "http://127.0.0.1:9090" },
                ],
              },
            }
            """);

        Assert.Empty(result.Errors);
        var options = result.Options!;
        Assert.Equal(_folder.File, options.File);
        Assert.Equal(_folder.Directory, options.Directory);
        Assert.Equal([Path.Combine(_folder.Directory, "more"), "/opt/plugins"], options.Plugins.Directories);
        Assert.False(options.Plugins.HotReload);
        Assert.Equal(99, options.Limits.MaxConnections);
        Assert.Equal(TimeSpan.FromMilliseconds(1500), options.Limits.RequestHeadTimeout);
        Assert.Equal(TimeSpan.FromMinutes(1), options.Limits.KeepAliveTimeout);
        Assert.Equal(TimeSpan.FromSeconds(30), options.Limits.RequestBodyTimeout);
        Assert.Equal(ByteSize.FromMegabytes(2), options.Limits.MaxRequestBodySize);
        Assert.Equal(TransportKind.Sockets, options.Transport.Kind);
        Assert.Equal(1024, options.FileCache.MaxMemory.Bytes);

        var main = options.VirtualServers[0];
        Assert.Equal("webserv:VirtualServers:0", main.ConfigurationPath, ignoreCase: true);
        Assert.Equal(
            ["http://127.0.0.1:8080", "http://[::1]:8081", $"unix:{_folder.Directory}/run/webserv.sock"],
            main.Listen.Select(endpoint => endpoint.ToString()));
        Assert.Equal(["localhost", "*.example.com", "[::1]"], main.HostNames);
        Assert.Equal(Path.Combine(_folder.Directory, "site"), main.Root);
        Assert.Equal(ByteSize.FromMegabytes(10), main.MaxRequestBodySize);
        Assert.Equal("/errors/404.html", main.ErrorPages[404]);
        Assert.True(main.ServerTiming && main.RequestTrace);
        Assert.Equal(Path.Combine(options.Directory, "run", "control.sock"), options.ControlSocket);
        Assert.Equal("Redirect", main.Pipeline[0].Use);
        Assert.Equal("301", main.Pipeline[0].Options!["Status"]);
        Assert.Equal(["/old/*"], main.Pipeline[0].When.Path);
        Assert.Null(main.Pipeline[0].AllowedMethods);
        Assert.Equal("Webserv:VirtualServers:0:Pipeline:1:Pipeline:0", main.Pipeline[1].Pipeline![0].ConfigurationPath, ignoreCase: true);
        Assert.False(main.Pipeline[1].ImplicitHead);
        Assert.Equal("server1", options.VirtualServers[1].Name);
        Assert.Null(options.VirtualServers[1].Root);
    }

    [Fact]
    public void Load_BudgetsOfPlugins_AreFoundByIdAndOtherwiseByTheStar()
    {
        var plugins = Plugins("""
            {
              "*": { "MaxTime": "30s" },
              "Foo": { "MaxRequests": 8, "MaxBodySize": "2MB", "Breaker": { "Failures": 3, "Within": "1m", "OpenFor": "5s", "Then": "Skip" } },
              "Bar": {}
            }
            """);
        Assert.Equal(new PluginBudgetOptions { MaxTime = TimeSpan.FromSeconds(30) }, plugins.BudgetOf("Another"));
        var breaker = new BreakerOptions { Failures = 3, Within = TimeSpan.FromMinutes(1), OpenFor = TimeSpan.FromSeconds(5), Then = BreakerAction.Skip };
        Assert.Equal(new PluginBudgetOptions { MaxRequests = 8, MaxBodySize = ByteSize.FromMegabytes(2), Breaker = breaker }, plugins.BudgetOf("foo"));
        Assert.Null(plugins.BudgetOf("Bar"));
        Assert.Null(new PluginsOptions().BudgetOf("Foo"));
    }

    [Fact]
    public void Load_BudgetsOutOfRangeOrMisspelt_AreAllReported() =>
        Assert.Equal(
            [
                "f:1: Webserv:Plugins:Budgets:Foo:MaxRequest: unknown key; did you mean 'MaxRequests'?",
                "f:1: Webserv:Plugins:Budgets:Bar:MaxTime: must be 0s to 1d",
                "f:1: Webserv:Plugins:Budgets:Bar:Breaker:Failures: must be 1 to 100000",
            ],
            _folder.Errors(Budgets("""{ "Foo": { "MaxRequest": 1 }, "Bar": { "MaxTime": "2d", "Breaker": { "Failures": 0 } } }""")).Order(StringComparer.Ordinal).Reverse());

    private PluginsOptions Plugins(string budgets)
    {
        var result = _folder.Load(Budgets(budgets));
        Assert.Empty(result.Errors);
        return result.Options!.Plugins;
    }

    private static string Budgets(string budgets) =>
        $$"""{ "Webserv": { "Plugins": { "Budgets": {{budgets}} }, "VirtualServers": [ { "Listen": "http://127.0.0.1:8080" } ] } }""";

    [Fact]
    public void Load_FourMistakes_ReportsAllAndKeepsWhatALaterStageNeeds()
    {
        var result = _folder.Load("""
            {
              "Webserv": {
                "Limits": { "MaxRequestBodySize": "10MBB" },
                "VirtualServers": [
                  {
                    "Listen": [
                      "http://127.0.0.1:8080",
                      "http://localhost:8080"
                    ],
                    "Pipeline": [ { "Use": "Nobody" } ]
                  },
                  {
                    "Listen": "http://127.0.0.1:8081",
                    "Pipline": [ { "Use": "StaticFiles" } ]
                  }
                ]
              }
            }
            """);
        var entry = result.Options!.VirtualServers[0].Pipeline[0];
        result.Collector.Add(entry.ConfigurationPath + ":Use", "no plugin offers 'Nobody'");

        Assert.Equal(
            [
                "f:3: Webserv:Limits:MaxRequestBodySize: '10MBB' is not a size; write for example 10MB",
                "f:8: Webserv:VirtualServers:0:Listen:1: the endpoint http://127.0.0.1:8080 is here twice: on line 7 and on line 8",
                "f:10: Webserv:VirtualServers:0:Pipeline:0:Use: no plugin offers 'Nobody'",
                "f:14: Webserv:VirtualServers:1:Pipline: unknown key; did you mean 'Pipeline'?",
            ],
            result.Errors.Select(error => (error with { File = "f" }).ToString()));
    }
}
