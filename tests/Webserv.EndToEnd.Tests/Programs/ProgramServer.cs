using Webserv.EndToEnd.Tests.Processes;

namespace Webserv.EndToEnd.Tests.Programs;

/// <summary>A server whose only virtual server is configured with a block of <c>docs/cgi.md</c>.</summary>
internal sealed class ProgramServer : IAsyncDisposable
{
    private readonly ServerProcess _process;

    private ProgramServer(ServerProcess process)
    {
        _process = process;
        Client = process.CreateClient();
    }

    /// <summary>A client that follows no redirects and keeps no cookies.</summary>
    public HttpClient Client { get; }

    /// <summary>Where it listens.</summary>
    public Uri Address => _process.Address;

    /// <summary>Its log.</summary>
    public LineLog Log => _process.Log;

    /// <summary>Starts a server.</summary>
    /// <param name="folder">Where its configuration is written. Not disposed with the server.</param>
    /// <param name="blocks">What stands in the virtual server beside <c>Listen</c>; of several the pipelines follow one another.</param>
    public static async Task<ProgramServer> StartAsync(ServerFolder folder, params IEnumerable<string> blocks)
    {
        // Blocks that are one pipeline and nothing else can stand side by side as branches.
        string[] all = [.. blocks];
        var inside = all.Length == 1 ? all[0] : $"\"Pipeline\": [ {string.Join(",\n", all.Select(block => $"{{ {block} }}"))} ]";
        folder.Configure($$"""{ "Webserv": { "VirtualServers": [ { "Listen": ["http://127.0.0.1:0"], {{inside}} } ] } }""");
        return new ProgramServer(await ServerProcess.StartAsync(folder));
    }

    /// <summary>The address of a path.</summary>
    public string At(string path) => new Uri(Address, path).AbsoluteUri;

    /// <summary>Fails where the plugin has something to say in the log, what a script wrote to standard error included.</summary>
    public void HasNoComplaint() => Assert.Equal([], Log.Lines.Where(line => line.Contains(": Webserv.Plugins.Cgi.CgiMiddleware[", StringComparison.Ordinal)));

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _process.DisposeAsync();
    }
}
