using Webserv.EndToEnd.Tests.Processes;

namespace Webserv.EndToEnd.Tests.Programs;

/// <summary>gitweb over a repository.</summary>
public sealed class GitwebSite : IAsyncLifetime
{
    private ProgramServer? _server;

    internal ServerFolder Folder { get; } = new();

    internal ProgramServer Server => _server!;

    /// <summary>The repository.</summary>
    internal string Project => Folder.Combine("git", "project.git");

    /// <inheritdoc />
    public async ValueTask InitializeAsync()
    {
        await Git.CreateAsync(Project, commits: 6);
        var settings = Folder.Write("gitweb.conf", CgiPage.Block("gitweb", "perl", paths: ("/srv/git", Folder.Combine("git"))));
        _server = await ProgramServer.StartAsync(Folder, CgiPage.Block("gitweb", paths: ("/etc/gitweb.conf", settings)));
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        Folder.Dispose();
    }
}
