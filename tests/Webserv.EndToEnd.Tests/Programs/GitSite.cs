using Webserv.EndToEnd.Tests.Processes;

namespace Webserv.EndToEnd.Tests.Programs;

/// <summary><c>git http-backend</c>, for everybody and behind a password.</summary>
public sealed class GitSite : IAsyncLifetime
{
    /// <summary>How many commits the repository has.</summary>
    public const int Commits = 40;

    private ProgramServer? _server;

    internal ServerFolder Folder { get; } = new();

    internal ProgramServer Server => _server!;

    /// <summary>A repository that is only read.</summary>
    internal string Project => Folder.Combine("git", "project.git");

    /// <inheritdoc />
    public async ValueTask InitializeAsync()
    {
        await Git.CreateAsync(Project, Commits);
        await Git.RunAsync(Project, "config", "uploadpack.allowFilter", "true");
        foreach (var repository in (string[])["git/pushed.git", "git/closed.git", "private/secret.git"])
        {
            await Git.RunAsync("/", "init", "--quiet", "--bare", "--initial-branch=main", Folder.Combine(repository));
        }

        await Git.RunAsync(Folder.Combine("git", "pushed.git"), "config", "http.receivepack", "true");
        const string Section = "git http-backend";
        Folder.Write("passwords", "ada:open sesame\ngrace:h0pper\n");
        Folder.WriteScript("lib/git-with-password", CgiPage.Block(Section, "sh"));
        _server = await ProgramServer.StartAsync(
            Folder,
            CgiPage.Block(Section, paths: ("/srv/git", Folder.Combine("git"))),
            CgiPage.Block(
                Section,
                index: 1,
                paths: [("/srv/private", Folder.Combine("private")), ("/usr/local/lib/webserv", Folder.Combine("lib")), ("/etc/git-passwords", Folder.Combine("passwords"))]));
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
