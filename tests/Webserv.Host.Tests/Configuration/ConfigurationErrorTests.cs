namespace Webserv.Host.Tests.Configuration;

/// <summary>Bad input to the exact lines that are printed; <c>f</c> is the file, <c>DIR</c> its directory.</summary>
public sealed class ConfigurationErrorTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("", "f:1: the file is empty; a configuration is a JSON object { \"Webserv\": { … } }")]
    [InlineData(" \n\t", "f:1: the file is empty; a configuration is a JSON object { \"Webserv\": { … } }")]
    [InlineData("[]", "f:1: the file must hold a JSON object { \"Webserv\": { … } }")]
    [InlineData("\n7", "f:2: the file must hold a JSON object { \"Webserv\": { … } }")]
    [InlineData("{}", "f:1: the section Webserv is missing")]
    [InlineData("{\n \"Webserv\": [] }", "f:2: Webserv: an object { … } is expected here")]
    [InlineData("{\n \"Websrv\": {} }", "f:2: Websrv: unknown key; did you mean 'Webserv'?")]
    [InlineData("{ \"Webserv\": {}}", "f:1: Webserv:VirtualServers: at least one virtual server is needed")]
    [InlineData("{ \"Webserv\": { \"VirtualServer\": [] } }", "f:1: Webserv:VirtualServer: unknown key; did you mean 'VirtualServers'?")]
    [InlineData("{ \"Webserv\": {\n \"VirtualServers\": {} } }", "f:2: Webserv:VirtualServers: a list [ … ] is expected here")]
    [InlineData("{ \"Webserv\": {\n \"VirtualServers\": [ 3 ] } }", "f:2: Webserv:VirtualServers:0: an object { … } is expected here")]
    public void Load_BadDocument_IsOneError(string json, string expected) => Assert.Equal([expected], _folder.Errors(json));

    [Theory]
    [InlineData("{\n  \"Webserv\": {\n", 3)]
    [InlineData("{\n  \"Webserv\": }\n}", 2)]
    [InlineData("{} {}", 1)]
    [InlineData("{\n\"a\" 1}", 2)]
    [InlineData("{\n/* no end", 2)]
    public void Load_BrokenJson_IsOneErrorWithItsLine(string json, int line)
    {
        var error = Assert.Single(_folder.Errors(json));
        Assert.StartsWith($"f:{line}: the file is broken JSON at column ", error, StringComparison.Ordinal);
        Assert.DoesNotContain("BytePositionInLine", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_NotUtf8_SaysTheLine()
    {
        var result = _folder.Load([.. "{\n\"a\": \""u8, 0xE4, .. "\" }"u8]);
        Assert.Equal((2, "the file is not UTF-8 text"), (result.Errors.Single().Line, result.Errors.Single().Message));
    }

    [Theory]
    [InlineData("\"Limits\": { \"MaxConnections\": true }", "Limits:MaxConnections: 'true' is not a whole number")]
    [InlineData("\"Limits\": { \"MaxConnections\": 1.5 }", "Limits:MaxConnections: '1.5' is not a whole number")]
    [InlineData("\"Limits\": { \"MaxConnections\": 99999999999 }", "Limits:MaxConnections: 99999999999 is out of range for this number")]
    [InlineData("\"Limits\": { \"MaxConnections\": -1 }", "Limits:MaxConnections: must be 1 to 10000000")]
    [InlineData("\"Limits\": { \"MaxConnections\": null }", "Limits:MaxConnections: null is no value here; leave the key out for the default")]
    [InlineData("\"Limits\": { \"MaxConnections\": [1] }", "Limits:MaxConnections: a single value is expected here, not a list [ … ]")]
    [InlineData("\"Limits\": { \"KeepAliveTimeout\": \"-5s\" }", "Limits:KeepAliveTimeout: must be 1ms to 7d")]
    [InlineData("\"Limits\": { \"KeepAliveTimeout\": 5 }", "Limits:KeepAliveTimeout: '5' is not a duration; write for example 10s, 250ms, 5m or 00:00:10")]
    [InlineData("\"Limits\": { \"KeepAliveTimeout\": \"5 parsecs\" }", "Limits:KeepAliveTimeout: '5 parsecs' is not a duration; write for example 10s, 250ms, 5m or 00:00:10")]
    [InlineData("\"Limits\": { \"MaxRequestBodySize\": \"10MBB\" }", "Limits:MaxRequestBodySize: '10MBB' is not a size; write for example 10MB")]
    [InlineData("\"Limits\": { \"MaxRequestBodySize\": -1 }", "Limits:MaxRequestBodySize: '-1' is not a size; write for example 10MB")]
    [InlineData("\"Limits\": { \"MaxRequestLineSize\": \"64KB\" }", "Limits:MaxRequestLineSize: must not be more than MaxRequestHeadSize, which is 32KB")]
    [InlineData("\"Limits\": { \"MaxConections\": 1 }", "Limits:MaxConections: unknown key; did you mean 'MaxConnections'?")]
    [InlineData("\"Limits\": 3", "Limits: an object { … } is expected here")]
    [InlineData("\"Limits\": []", "Limits: an object { … } is expected here")]
    [InlineData("\"Limits\": null", "Limits: null is no value here; leave the key out for the default")]
    [InlineData("\"Transport\": { \"Kind\": \"epol\" }", "Transport:Kind: 'epol' is not one of Auto, Epoll, Sockets; did you mean 'Epoll'?")]
    [InlineData("\"Transport\": { \"Kind\": 1 }", "Transport:Kind: '1' is not one of Auto, Epoll, Sockets")]
    [InlineData("\"Transport\": { \"Colour\": 1 }", "Transport:Colour: unknown key; valid here: Kind, EventLoops, Backlog")]
    [InlineData("\"Plugins\": { \"HotReload\": 1 }", "Plugins:HotReload: '1' is neither true nor false")]
    [InlineData("\"Plugins\": { \"Directories\": [\"a\", 1] }", "Plugins:Directories:1: a string is expected here; write \"1\"")]
    [InlineData("\"Plugins\": { \"Directories\": [1, \"\"] }", "Plugins:Directories:0: a string is expected here; write \"1\"|Plugins:Directories:1: the path of a directory is missing")]
    [InlineData("\"Limits\": { \"MaxConnections\": \"${NO}\" }", "Limits:MaxConnections: the environment variable 'NO' is not set; set it, or write ${NO:-default}")]
    [InlineData("\"Limits\": { \"MaxConnections\": 1, \"maxconnections\": 2 }", "Limits:maxconnections: the key is here a second time; the first is on line 3")]
    [InlineData("\"ControlSocket\": \"\"", "ControlSocket: the path of a unix-domain socket is missing")]
    [InlineData("\"ControlSocket\": \"a\\u0000b\"", "ControlSocket: the path of a unix-domain socket is missing")]
    [InlineData("\"Plugins\": { \"Statistics\": 1 }", "Plugins:Statistics: '1' is neither true nor false")]
    [InlineData("\"a:b\": 1", "the key 'a:b' holds a colon, which separates keys")]
    [InlineData("\"\": 1", "a key is empty")]
    [InlineData("\"Plugins\": { \"Directories\": \"\\uD800\" }", "Plugins:Directories: a \\u escape is half of a surrogate pair|Plugins:Directories: the path of a directory is missing")]
    public void Load_BadSetting_IsReportedWithLineAndPath(string setting, string expected) =>
        Assert.Equal(
            expected.Split('|').Select(error => error.StartsWith("the key", StringComparison.Ordinal) || error.StartsWith("a key", StringComparison.Ordinal) ? "f:3: Webserv: " + error : "f:3: Webserv:" + error),
            _folder.Errors($"{{\n\"Webserv\": {{\n{setting},\n\"VirtualServers\": [ {{ \"Listen\": \"http://*:80\" }} ] }} }}"));

    [Theory]
    [InlineData("\"LogLevel\": { \"Default\": \"Informatoin\" }", "LogLevel:Default: 'Informatoin' is not one of Trace, Debug, Information, Warning, Error, Critical, None; did you mean 'Information'?")]
    [InlineData("\"LogLevel\": { \"X\": 7 }", "LogLevel:X: '7' is not one of Trace, Debug, Information, Warning, Error, Critical, None")]
    [InlineData("\"LogLevel\": { \"X\": { \"Y\": \"Debug\" } }", "LogLevel:X: a single value is expected here, not an object { … }")]
    [InlineData("\"LogLevel\": { \"X\": null }", "LogLevel:X: null is no value here")]
    [InlineData("\"LogLevel\": { \"*.X.*\": \"Debug\" }", "LogLevel:*.X.*: a category holds one * at most")]
    [InlineData("\"LogLevel\": \"Debug\"", "LogLevel: an object { … } is expected here")]
    [InlineData("\"LogLevels\": { \"Default\": \"Debug\" }", "LogLevels: unknown key; did you mean 'LogLevel'?")]
    [InlineData("\"Foo\": 1", "Foo: unknown key; valid here: LogLevel, Console")]
    [InlineData("\"Console\": { \"LogLevel\": { \"Webserv\": \"debg\" } }", "Console:LogLevel:Webserv: 'debg' is not one of Trace, Debug, Information, Warning, Error, Critical, None; did you mean 'Debug'?")]
    [InlineData("\"Console\": { \"LogLevel\": { \"**\": \"Debug\" } }", "Console:LogLevel:**: a category holds one * at most")]
    [InlineData("\"Console\": { \"MaxQueueLength\": 0 }", "Console:MaxQueueLength: must be 1 to 10000000")]
    [InlineData("\"Console\": { \"Format\": \"Systemd\" }", "Console:Format: unknown key; valid here: LogLevel, MaxQueueLength, FormatterOptions")]
    [InlineData("\"Console\": { \"FormatterOptions\": { \"ColorBehavior\": \"On\" } }", "Console:FormatterOptions:ColorBehavior: 'On' is not one of Default, Enabled, Disabled")]
    public void Load_BadLogging_IsReportedWithLineAndPath(string setting, string expected) =>
        Assert.Equal(
            ["f:3: Logging:" + expected, "f:4: Webserv:Foo: unknown key"],
            _folder.Errors($"{{\n\"Logging\": {{\n{setting} }},\n\"Webserv\": {{ \"Foo\": 1,\n\"VirtualServers\": [ {{ \"Listen\": \"http://*:80\" }} ] }} }}")
                .Select(error => error.StartsWith("f:4: Webserv:Foo: unknown key", StringComparison.Ordinal) ? "f:4: Webserv:Foo: unknown key" : error));

    [Theory]
    [InlineData("3")]
    [InlineData("null")]
    public void Load_LoggingThatIsNoObject_IsReported(string json) =>
        Assert.Equal(
            ["f:1: Logging: an object { … } is expected here"],
            _folder.Errors($"{{ \"Logging\": {json}, \"Webserv\": {{ \"VirtualServers\": [ {{ \"Listen\": \"http://*:80\" }} ] }} }}"));

    [Fact]
    public void Load_LoggingOfEveryKind_IsTaken() =>
        Assert.Empty(_folder.Errors("""
            {
              "Logging": {
                "LogLevel": { "Default": "warning", "Webserv.*": "None", "Webserv": "${NO:-Debug}" },
                "Console": {
                  "LogLevel": { "Default": "Trace" },
                  "MaxQueueLength": 100,
                  "FormatterOptions": { "ColorBehavior": "Disabled", "UseUtcTimestamp": true, "IncludeScopes": false }
                }
              },
              "Webserv": { "VirtualServers": [ { "Listen": "http://*:80" } ] }
            }
            """));

    [Theory]
    [InlineData("/a%2Fb")]
    [InlineData("/%E9/*")]
    [InlineData("/100%")]
    [InlineData("/%zz")]
    [InlineData("/café/*")]
    [InlineData("/a/")]
    public void Load_PatternOfADecodedPath_IsTaken(string pattern) =>
        Assert.Empty(_folder.Errors($$"""{ "Webserv": { "VirtualServers": [ { "Listen": "http://*:80", "Pipeline": [ { "Use": "X", "When": { "Path": "{{pattern}}" } } ] } ] } }"""));

    [Theory]
    [InlineData("\"Name\": \" \"", "Name: the name is empty")]
    [InlineData("\"Name\": 5", "Name: a string is expected here; write \"5\"")]
    [InlineData("\"Listen\": []", "Listen: at least one endpoint is needed, for example \"http://127.0.0.1:8080\"")]
    [InlineData("\"Listen\": \"127.0.0.1\"", "Listen: '127.0.0.1' is no endpoint; write http://ADDRESS:PORT or unix:PATH")]
    [InlineData("\"Listen\": [ \"http://*:99999\" ]", "Listen:0: '99999' is no port; ports are 0 to 65535")]
    [InlineData("\"Listen\": [ 1 ]", "Listen:0: a string is expected here; write \"1\"")]
    [InlineData("\"Listen\": [ 1, \"x\" ]", "Listen:0: a string is expected here; write \"1\"|Listen:1: 'x' is no endpoint; write http://ADDRESS:PORT or unix:PATH")]
    [InlineData("\"Listen\": [ \"unix:a\\u0000b\" ]", "Listen:0: an endpoint cannot hold a NUL character")]
    [InlineData("\"Listn\": \"http://*:80\"", "Listn: unknown key; did you mean 'Listen'?")]
    [InlineData("\"HostNames\": [\"a.example:80\"]", "HostNames:0: 'a.example:80' is no host name; a port belongs in Listen")]
    [InlineData("\"HostNames\": [\"http://a.example\"]", "HostNames:0: 'http://a.example' is no host name; write the name alone, without scheme and path")]
    [InlineData("\"HostNames\": [\"münchen.example\"]", "HostNames:0: 'münchen.example' is no host name; write xn--mnchen-3ya.example")]
    [InlineData("\"HostNames\": [\"a..b\"]", "HostNames:0: 'a..b' is no host name; write for example example.com, *.example.com or www.*")]
    [InlineData("\"HostNames\": [\"a.*.b\"]", "HostNames:0: 'a.*.b' is no host name; write for example example.com, *.example.com or www.*")]
    [InlineData("\"HostNames\": \"*\"", "HostNames: '*' is no host name; write for example example.com, *.example.com or www.*")]
    [InlineData("\"HostNames\": [\"a\", \"A\"]", "HostNames:1: the host name a is here twice")]
    [InlineData("\"Root\": \"\"", "Root: the root needs the path of a directory")]
    [InlineData("\"Root\": \"nowhere\"", "Root: the root DIR/nowhere does not exist")]
    [InlineData("\"Root\": \"appsettings.json\"", "Root: the root DIR/appsettings.json is a file, not a directory")]
    [InlineData("\"ErrorPages\": { \"200\": \"/x\" }", "ErrorPages:200: an error page belongs to a status from 400 to 599")]
    [InlineData("\"ErrorPages\": { \"399\": \"/x\" }", "ErrorPages:399: an error page belongs to a status from 400 to 599")]
    [InlineData("\"ErrorPages\": { \"600\": \"/x\" }", "ErrorPages:600: an error page belongs to a status from 400 to 599")]
    [InlineData("\"ErrorPages\": { \"404\": \"/a\", \"0404\": \"/b\" }", "ErrorPages:0404: the key is here already, as '404'")]
    [InlineData("\"ErrorPages\": { \"404\": \"x\" }", "ErrorPages:404: 'x' must start with a slash; it is a path of this server, for example /errors/404.html")]
    [InlineData("\"ErrorPages\": { \"4xx\": \"/x\" }", "ErrorPages:4xx: as a key, '4xx' is not a whole number")]
    [InlineData("\"Pipline\": []", "Pipline: unknown key; did you mean 'Pipeline'?")]
    [InlineData("\"Pipeline\": { \"Use\": \"X\" }", "Pipeline: a list [ … ] is expected here")]
    public void Load_BadVirtualServer_IsReportedWithLineAndPath(string setting, string expected)
    {
        var listen = setting.Contains("Listen", StringComparison.Ordinal) || setting.Contains("Listn", StringComparison.Ordinal)
            ? "" : "\"Listen\": \"http://*:80\",";
        Assert.Equal(
            expected.Split('|').Select(error => "f:2: Webserv:VirtualServers:0:" + error),
            _folder.Errors($"{{ \"Webserv\": {{ \"VirtualServers\": [ {{ {listen}\n{setting} }} ] }} }}"));
    }

    [Theory]
    [InlineData("{}", ": an entry needs Use with the name of a middleware, or Pipeline with the entries of a branch")]
    [InlineData("{ \"Use\": \"A\", \"Pipeline\": [] }", ": an entry has either Use or Pipeline, not both")]
    [InlineData("{ \"Use\": \"\" }", ":Use: the name of a middleware is missing")]
    [InlineData("{ \"Use\": 1 }", ":Use: a string is expected here; write \"1\"")]
    [InlineData("{ \"use\": \"A\", \"Option\": {} }", ":Option: unknown key; did you mean 'Options'?")]
    [InlineData("{ \"Usee\": \"A\" }", ":Usee: unknown key; did you mean 'Use'?")]
    [InlineData("{ \"Use\": \"A\", \"Options\": 1 }", ":Options: an object { … } is expected here")]
    [InlineData("{ \"Use\": \"A\", \"Options\": [] }", ":Options: an object { … } is expected here")]
    [InlineData("{ \"Pipeline\": [], \"Options\": {} }", ":Options: a branch has no options; they belong to the entries of its pipeline")]
    [InlineData("{ \"Use\": \"A\", \"Root\": \"nowhere\" }", ":Root: the root DIR/nowhere does not exist")]
    [InlineData("{ \"Use\": \"A\", \"AllowedMethods\": [] }", ":AllowedMethods: the list is empty and would let nothing in; leave it out to let in every method")]
    [InlineData("{ \"Use\": \"A\", \"AllowedMethods\": [\"G T\"] }", ":AllowedMethods:0: 'G T' is no method; write for example GET")]
    [InlineData("{ \"Use\": \"A\", \"AllowedMethods\": \"get\" }", ":AllowedMethods: methods are case-sensitive; did you mean 'GET'?")]
    [InlineData("{ \"Use\": \"A\", \"MaxRequestBodySize\": \"-1MB\" }", ":MaxRequestBodySize: '-1MB' is not a size; write for example 10MB")]
    [InlineData("{ \"Use\": \"A\", \"When\": { \"Path\": \"a/*\" } }", ":When:Path: 'a/*' is no path pattern; it must start with a slash, for example /downloads/*")]
    [InlineData("{ \"Use\": \"A\", \"When\": { \"Path\": [\"/ok\", \"/a?b\"] } }", ":When:Path:1: '/a?b' is no path pattern; it is compared with the path alone, which holds none of ? # \\")]
    [InlineData("{ \"Use\": \"A\", \"When\": { \"Path\": \"/a/../b\" } }", ":When:Path: '/a/../b' can never match; . and .. are resolved before")]
    [InlineData("{ \"Use\": \"A\", \"When\": { \"Path\": [\"/a//b/*\"] } }", ":When:Path:0: '/a//b/*' can never match; slashes that follow one another are one before")]
    [InlineData("{ \"Use\": \"A\", \"When\": { \"Path\": \"//\" } }", ":When:Path: '//' can never match; slashes that follow one another are one before")]
    [InlineData("{ \"Use\": \"A\", \"When\": { \"Path\": \"/caf%C3%A9/*\" } }", ":When:Path: '/caf%C3%A9/*' can never match; paths are compared decoded: write /café/*")]
    [InlineData("{ \"Use\": \"A\", \"When\": { \"Path\": \"/a%20b/%2F\" } }", ":When:Path: '/a%20b/%2F' can never match; paths are compared decoded: write /a b/%2F")]
    [InlineData("{ \"Use\": \"A\", \"When\": { \"Path\": \"/a%2fb\" } }", ":When:Path: '/a%2fb' can never match; paths are compared decoded: write /a%2Fb")]
    [InlineData("{ \"Use\": \"A\", \"When\": { \"Path\": \"/100%25\" } }", ":When:Path: '/100%25' can never match; paths are compared decoded: write /100%")]
    [InlineData("{ \"Use\": \"A\", \"When\": { \"Path\": \"/a%2Ab\" } }", ":When:Path: '/a%2Ab' can never match; paths are compared decoded")]
    [InlineData("{ \"Use\": \"A\", \"When\": { \"Path\": \"/a%3Fb\" } }", ":When:Path: '/a%3Fb' can never match; paths are compared decoded")]
    [InlineData("{ \"Use\": \"A\", \"When\": { \"Path\": \"/a%00b\" } }", ":When:Path: '/a%00b' can never match; paths are compared decoded")]
    [InlineData("{ \"Use\": \"A\", \"When\": { \"Path\": \"/a/%2e%2E/b\" } }", ":When:Path: '/a/%2e%2E/b' can never match; . and .. are resolved before")]
    [InlineData("{ \"Use\": \"A\", \"When\": { \"Path\": [] } }", ":When:Path: the list is empty and would match nothing; leave it out to match every path")]
    [InlineData("{ \"Use\": \"A\", \"When\": { \"Extensions\": [] } }", ":When:Extensions: the list is empty and would match nothing; leave it out to match every extension")]
    [InlineData("{ \"Use\": \"A\", \"When\": { \"Methods\": [] } }", ":When:Methods: the list is empty and would match nothing; leave it out to match every method")]
    [InlineData("{ \"Use\": \"A\", \"When\": { \"Hosts\": [] } }", ":When:Hosts: the list is empty and would match nothing; leave it out to match every host")]
    [InlineData("{ \"Use\": \"A\", \"When\": { \"Hosts\": [1] } }", ":When:Hosts:0: a string is expected here; write \"1\"")]
    [InlineData("{ \"Use\": \"A\", \"When\": { \"Extensions\": [\"php\"] } }", ":When:Extensions:0: 'php' is no extension; it must start with a dot, for example .php")]
    [InlineData("{ \"Use\": \"A\", \"When\": { \"Methods\": [\"\"] } }", ":When:Methods:0: '' is no method; write for example GET")]
    [InlineData("{ \"Use\": \"A\", \"When\": { \"Hosts\": [\"a b\"] } }", ":When:Hosts:0: 'a b' is no host name; write for example example.com, *.example.com or www.*")]
    [InlineData("{ \"Use\": \"A\", \"When\": { \"Paths\": \"/\" } }", ":When:Paths: unknown key; did you mean 'Path'?")]
    public void Load_BadEntry_IsReportedInAnyDepthOfBranches(string entry, string expected) =>
        Assert.Equal(
            ["f:2: Webserv:VirtualServers:0:Pipeline:1:Pipeline:0" + expected],
            _folder.Errors($$"""{ "Webserv": { "VirtualServers": [ { "Listen": "http://*:80", "Pipeline": [ { "Use": "X" }, { "Pipeline": [""" + $"\n{entry} ] }} ] }} ] }} }}"));

    [Fact]
    public void Load_ServersThatClaimTheSame_NamesBoth() =>
        Assert.Equal(
            [
                "f:3: Webserv:VirtualServers:1:Name: the name 'A' is taken by Webserv:VirtualServers:0 on line 2",
                "f:3: Webserv:VirtualServers:1:HostNames: the host name x on http://*:80 belongs to both 'a' (Webserv:VirtualServers:0 on line 2) and 'A'",
                "f:4: Webserv:VirtualServers:2:HostNames: 'c' can never be reached on http://*:80: the default there is 'a' (Webserv:VirtualServers:0 on line 2); give it host names or an endpoint of its own",
            ],
            _folder.Errors("""
                { "Webserv": { "VirtualServers": [
                  { "Name": "a", "Listen": "http://*:80", "HostNames": ["x"] },
                  { "Name": "A", "Listen": "http://*:80", "HostNames": ["X"] },
                  { "Name": "c", "Listen": "http://*:80" }
                ] } }
                """));

    [Fact]
    public void Load_MissingFile_IsAnError() =>
        Assert.Equal(
            ["/nowhere/f.json: there is no such file"],
            Webserv.Host.Configuration.ConfigurationLoader.Load("/nowhere/f.json").Errors.Select(error => error.ToString()));

    [Fact]
    public void Load_Directory_IsAnError() =>
        Assert.Equal(
            [_folder.Directory + ": is a directory, not a file"],
            Webserv.Host.Configuration.ConfigurationLoader.Load(_folder.Directory).Errors.Select(error => error.ToString()));

    [Fact]
    public void Load_ByteOrderMark_IsRead() =>
        Assert.Empty(_folder.Load([0xEF, 0xBB, 0xBF, .. """{ "Webserv": { "VirtualServers": [ { "Listen": "http://*:80" } ] } }"""u8]).Errors);
}
