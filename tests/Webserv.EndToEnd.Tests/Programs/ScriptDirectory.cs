using Webserv.EndToEnd.Tests.Processes;

namespace Webserv.EndToEnd.Tests.Programs;

/// <summary>A directory of scripts in several languages, and a program.</summary>
public sealed class ScriptDirectory : IAsyncLifetime
{
    private ProgramServer? _server;

    internal ServerFolder Folder { get; } = new();

    internal ProgramServer Server => _server!;

    /// <summary>The scripts in the checkout.</summary>
    internal static string Source { get; } = Repository.Path("tests", "Webserv.EndToEnd.Tests", "Programs", "Scripts");

    /// <inheritdoc />
    public async ValueTask InitializeAsync()
    {
        ExternalProgram.Find("perl", "perl");
        Assert.True(File.Exists("/usr/share/perl5/CGI.pm"), "CGI.pm is missing: apt-get install -y libcgi-pm-perl");
        ExternalProgram.Find("python3", "python3");
        foreach (var script in Directory.GetFiles(Source))
        {
            Folder.WriteScript(Path.Combine("cgi-bin", Path.GetFileName(script)), await File.ReadAllTextAsync(script, TestContext.Current.CancellationToken));
        }

        var compiler = ExternalProgram.Find("gcc", "gcc libc6-dev");
        (await ExternalProgram.RunAsync(compiler, ["-O1", "-Wall", "-Werror", "-o", Folder.Combine("cgi-bin", "reverse.cgi"), Path.Combine(Source, "reverse.c")])).Succeeded();
        _server = await ProgramServer.StartAsync(Folder, CgiPage.Block("Scripts of your own", paths: ("/usr/local/lib/cgi-bin", Folder.Combine("cgi-bin"))));
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
