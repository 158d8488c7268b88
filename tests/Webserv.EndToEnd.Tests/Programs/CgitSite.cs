using Webserv.EndToEnd.Tests.Processes;

namespace Webserv.EndToEnd.Tests.Programs;

/// <summary>cgit over a repository.</summary>
public sealed class CgitSite : IAsyncLifetime
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
        var settings = Folder.Write("cgitrc", CgiPage.Block("cgit", "ini", paths: ("/srv/git", Folder.Combine("git"))));
        _server = await ProgramServer.StartAsync(Folder, CgiPage.Block("cgit", paths: ("/etc/cgitrc", settings)));
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
