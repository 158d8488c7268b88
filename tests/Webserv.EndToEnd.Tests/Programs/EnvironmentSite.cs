using Webserv.EndToEnd.Tests.Processes;

namespace Webserv.EndToEnd.Tests.Programs;

/// <summary>A script that shows its environment, reached in every way in which scripts are.</summary>
public sealed class EnvironmentSite : IAsyncLifetime
{
    private ServerProcess? _process;

    internal ServerFolder Folder { get; } = new();

    internal ServerProcess Process => _process!;

    /// <inheritdoc />
    public async ValueTask InitializeAsync()
    {
        ExternalProgram.Find("python3", "python3");
        var script = await File.ReadAllTextAsync(Path.Combine(ScriptDirectory.Source, "environment.py"), TestContext.Current.CancellationToken);
        foreach (var name in (string[])["www/show.py", "www/deep/er/show.py", "www/deep/index.py", "www/naïve dir/ü €.py", "www/%41.py", "tools/show.cgi", "tools/sub/index.cgi", "tools/plain"])
        {
            Folder.WriteScript(name, script);
        }

        Folder.Configure("""
            { "Webserv": {
                "Proxies": { "TrustedNetworks": ["loopback"] },
                "VirtualServers": [ {
                    "Listen": ["http://127.0.0.1:0", "http://[::1]:0"],
                    "Root": "www",
                    "Pipeline": [
                        { "Use": "Cgi", "When": { "Path": "/tools/*" }, "Root": "tools", "Options": { "Interpreters": { ".cgi": "" } } },
                        { "When": { "Path": "/branch/*" }, "Root": "tools", "Pipeline": [
                            { "Use": "Cgi", "When": { "Path": "/branch/one/*" }, "Options": { "Script": "plain" } },
                            { "Use": "Cgi", "Options": { "Interpreters": { ".cgi": "python3 -B" } } } ] },
                        { "Use": "Cgi", "When": { "Path": "/one/*" }, "Root": "tools", "Options": { "Script": "show.cgi" } },
                        { "Use": "Cgi", "When": { "Path": "/exact" }, "Root": "tools", "Options": { "Script": "sub/index.cgi" } },
                        { "Use": "Cgi", "When": { "Path": "/full/*" }, "Root": "tools", "Options": { "Interpreters": { ".cgi": "python3" }, "PathInfo": "FullPath" } },
                        { "Use": "Cgi", "When": { "Path": "/any/*" }, "Root": "tools", "Options": {
                            "Interpreters": { "*": "python3 show.cgi" }, "CheckScriptExists": false } },
                        { "Use": "Cgi", "When": { "Path": "/more/*" }, "Root": "tools", "Options": {
                            "Interpreters": { ".cgi": "" }, "PassAuthorization": true, "ChunkedBody": "Stream",
                            "Environment": { "SERVER_SOFTWARE": "mine", "EXTRA": "é" }, "PassEnvironment": ["XDG_CACHE_HOME", "NO_SUCH_VARIABLE"] } },
                        { "Use": "Cgi", "Options": { "Interpreters": { ".py": "python3" } } } ] } ] } }
            """);
        _process = await ServerProcess.StartAsync(Folder, endpoints: 2);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        Folder.Dispose();
    }
}
