using Webserv.Host.Configuration;
using Webserv.Host.Server;
using Webserv.Host.Tests.Configuration;

namespace Webserv.Host.Tests.Server;

public sealed class RestartKeysTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Find_KeysOfEverySection_AreNamedUnlessAReloadTakesThem()
    {
        var started = Load("", """ "Logging": { "LogLevel": { "Default": "Warning", "Same": "Debug", "Gone": "Debug" } }, """);
        var loaded = Load("""
            "ReloadOnChange": false,
            "Plugins": { "Statistics": true },
            "Limits": { "MaxRequestFields": 7, "MaxRequestBodySize": "2MB", "ShutdownTimeout": "1s" },
            "Transport": { "EventLoops": 1 },
            "FileCache": { "MaxMemory": "1MB" },
            "ControlSocket": "c.sock",
            "AccessLog": { "Path": "access.log" },
            """, """ "logging": { "LogLevel": { "default": "Information", "Same": "Debug", "New": "Debug" }, "Console": { "MaxQueueLength": 1 } }, """);
        Assert.Equal(
            [
                "Webserv:Limits:MaxRequestFields", "Webserv:Transport:EventLoops", "Webserv:FileCache:MaxMemory", "Webserv:ControlSocket",
                "Logging:Console:MaxQueueLength", "Logging:LogLevel:Default", "Logging:LogLevel:Gone", "Logging:LogLevel:New",
            ],
            RestartKeys.Find(started, loaded));
        Assert.Empty(RestartKeys.Find(loaded, loaded));
    }

    private WebservOptions Load(string settings, string more)
    {
        var result = _folder.Load($$"""{ {{more}} "Webserv": { {{settings}} "VirtualServers": [ { "Listen": "http://*:80" } ] } }""");
        Assert.Empty(result.Errors);
        return result.Options!;
    }
}
