using System.Globalization;
using Webserv.EndToEnd.Tests.Processes;

namespace Webserv.EndToEnd.Tests.Site;

/// <summary>
/// The server on a copy of everything that the checkout serves, the repository's <c>appsettings.json</c> as it is. One for all
/// tests of a class, which therefore leave alone what others look at.
/// </summary>
public sealed class SampleSite : IAsyncLifetime
{
    private readonly ReservedPort _filesPort = new();
    private ServerProcess? _server;

    internal ServerFolder Folder { get; } = new();

    internal ServerProcess Server => _server!;

    /// <summary>The client of the first port.</summary>
    public HttpClient Client { get; private set; } = null!;

    /// <summary>The client of the second port.</summary>
    public HttpClient FilesClient { get; private set; } = null!;

    /// <inheritdoc />
    public async ValueTask InitializeAsync()
    {
        ExternalProgram.Find("python3", "python3");
        ExternalProgram.Find("php-cgi", "php-cgi");
        File.Copy(Repository.Path("appsettings.json"), Folder.Configuration);
        Folder.CopyDirectory(Repository.Path("sample-site"), "sample-site");
        Folder.CopyDirectory(Repository.Path("cgi-bin"), "cgi-bin");
        Folder.MakeDirectory("var", "uploads");

        // As ./run makes it: every line says at which offset it stands. 1 MiB is enough here.
        Folder.Write("sample-site/main/downloads/large.bin", string.Concat(Enumerable.Range(0, 16384).Select(line => $"line at {line * 64,55}\n")));
        var ports = new Dictionary<string, string>
        {
            ["WEBSERV_PORT"] = "0",
            ["WEBSERV_FILES_PORT"] = _filesPort.Number.ToString(CultureInfo.InvariantCulture),
        };
        _server = await ServerProcess.StartAsync(Folder, endpoints: 2, ports);
        Client = _server.CreateClient();
        FilesClient = _server.CreateClient(1);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        FilesClient?.Dispose();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _filesPort.Dispose();
        Folder.Dispose();
    }
}
