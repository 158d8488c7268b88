using Webserv.Host.Configuration;

namespace Webserv.Host.Tests.Configuration;

/// <summary>The section <c>AccessLog</c>: what is made of it, and the exact errors.</summary>
public sealed class AccessLogTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_Nowhere_ThereIsNone() => Assert.All(Load("", "", ""), server => Assert.Null(server.AccessLog));

    [Fact]
    public void Load_OfTheServerSection_IsInheritedAndReplacedAsAWhole()
    {
        var servers = Load(
            "\"AccessLog\": { \"Path\": \"a.log\", \"Format\": \"Common\", \"FileMode\": \"0600\", \"BufferSize\": \"128KB\", \"FlushInterval\": \"5s\", \"MaxPending\": \"2MB\" },",
            "", "\"AccessLog\": { \"Path\": \"b.log\" },", "\"AccessLog\": { \"Path\": \"off\" },", "\"AccessLog\": null,", "\"AccessLog\": { \"Path\": \"-\", \"Format\": \"Json\" },");
        Assert.Equal(
            (AccessLogFormat.Common, new LogFileOptions(At("a.log"), UnixFileMode.UserRead | UnixFileMode.UserWrite, 128 << 10, TimeSpan.FromSeconds(5), 2 << 20)),
            (servers[0].AccessLog!.Format, servers[0].AccessLog!.File));
        const UnixFileMode Usual = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        Assert.Equal(
            (AccessLogFormat.Combined, new LogFileOptions(At("b.log"), Usual, 64 << 10, TimeSpan.FromSeconds(1), 8 << 20)),
            (servers[1].AccessLog!.Format, servers[1].AccessLog!.File));
        Assert.Null(servers[2].AccessLog);
        Assert.Null(servers[3].AccessLog);
        Assert.Equal((AccessLogFormat.Json, null), (servers[4].AccessLog!.Format, servers[4].AccessLog!.File.Path));
        Assert.False(File.Exists(At("a.log")), "a configuration that is read must not make files");
    }

    [Theory]
    [InlineData("{ }", "f:1: Webserv:AccessLog:Path: the path of a file is needed, for example \"logs/access.log\"; \"-\" is standard output, \"off\" no access log")]
    [InlineData("{ \"Path\": \"logs/a.log\" }", "f:1: Webserv:AccessLog:Path: the directory DIR/logs does not exist")]
    [InlineData("{ \"Path\": \"site\" }", "f:1: Webserv:AccessLog:Path: DIR/site is a directory, not a file")]
    [InlineData("{ \"Path\": \"a\", \"Format\": \"Combinde\" }", "f:1: Webserv:AccessLog:Format: 'Combinde' is not one of Combined, Common, Json; did you mean 'Combined'?")]
    [InlineData("{ \"Path\": \"a\", \"FileMode\": \"0444\" }", "f:1: Webserv:AccessLog:FileMode: '0444' is no mode that lets the server write the file; write for example \"0640\"")]
    [InlineData("{ \"Path\": \"a\", \"FileMode\": \"rw\" }", "f:1: Webserv:AccessLog:FileMode: 'rw' is no mode that lets the server write the file; write for example \"0640\"")]
    [InlineData("{ \"Path\": \"a\", \"BufferSize\": \"1KB\" }", "f:1: Webserv:AccessLog:BufferSize: must be 32KB to 1MB")]
    [InlineData("{ \"Path\": \"a\", \"FlushInterval\": \"0s\" }", "f:1: Webserv:AccessLog:FlushInterval: must be 10ms to 1h")]
    [InlineData("{ \"Path\": \"a\", \"MaxPending\": 1 }", "f:1: Webserv:AccessLog:MaxPending: must be 1MB to 1GB")]
    [InlineData("{ \"Pfad\": \"a\" }", "f:1: Webserv:AccessLog:Pfad: unknown key")]
    public void Load_Wrong_IsSaid(string section, string error) => Assert.StartsWith(error, Assert.Single(_folder.Errors(Json($"\"AccessLog\": {section},", ""))), StringComparison.Ordinal);

    [Fact]
    public void Load_OneFileWithOtherSettings_IsSaid()
    {
        var errors = _folder.Errors(Json("\"AccessLog\": { \"Path\": \"a.log\" },", "\"AccessLog\": { \"Path\": \"./a.log\", \"Format\": \"Json\" },"));
        Assert.Equal(["f:1: Webserv:VirtualServers:0:AccessLog: DIR/a.log is an access log already, with other settings: Webserv:AccessLog on line 1"], errors);
        Assert.Empty(_folder.Errors(Json("\"AccessLog\": { \"Path\": \"a.log\" },", "\"AccessLog\": { \"Path\": \"./a.log\" },")));
    }

    private static string Json(string all, params string[] servers) => $$"""
        { "Webserv": { {{all}} "VirtualServers": [ {{string.Join(", ", servers.Select((server, index) =>
            $"{{ {server} \"Listen\": \"http://127.0.0.1:{8000 + index}\", \"Root\": \"site\" }}"))}} ] } }
        """;

    private string At(string name) => Path.Combine(_folder.Directory, name);

    private IReadOnlyList<VirtualServerOptions> Load(string all, params string[] servers)
    {
        var loaded = _folder.Load(Json(all, servers));
        Assert.Empty(loaded.Errors);
        return loaded.Options!.VirtualServers;
    }
}
