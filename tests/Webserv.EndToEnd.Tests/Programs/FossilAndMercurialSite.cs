using Webserv.EndToEnd.Tests.Processes;

namespace Webserv.EndToEnd.Tests.Programs;

/// <summary>A Fossil and a Mercurial repository that everybody may push to.</summary>
public sealed class FossilAndMercurialSite : IAsyncLifetime
{
    private ProgramServer? _server;

    internal ServerFolder Folder { get; } = new();

    internal ProgramServer Server => _server!;

    /// <inheritdoc />
    public async ValueTask InitializeAsync()
    {
        Folder.MakeDirectory("home");
        var fossils = Folder.MakeDirectory("fossils");
        (await RunAsync("fossil", "init", "--admin-user", "ada", Path.Combine(fossils, "project.fossil"))).Succeeded();
        (await RunAsync("fossil", "user", "capabilities", "nobody", "ghijkorz", "-R", Path.Combine(fossils, "project.fossil"))).Succeeded();
        Folder.WriteScript("lib/fossil", CgiPage.Block("Fossil", "sh", paths: ("/srv/fossil", fossils)));

        const string Example = "/usr/share/doc/mercurial-common/examples/hgweb.cgi";
        Assert.True(File.Exists(Example), $"{Example} is missing: apt-get install -y --no-install-recommends mercurial");
        (await RunAsync("hg", "init", Folder.Combine("hg", "project"))).Succeeded();
        var settings = Folder.Write(
            "hgweb.config", CgiPage.Block("Mercurial", "ini", paths: ("/srv/hg", Folder.Combine("hg"))) + "[web]\npush_ssl = false\nallow_push = *\n");
        var lines = File.ReadLines(Example).Select(line => line.StartsWith("config = ", StringComparison.Ordinal) ? $"config = b\"{settings}\"" : line);
        Folder.WriteScript("lib/hgweb", string.Join('\n', lines));

        _server = await ProgramServer.StartAsync(
            Folder,
            CgiPage.Block("Fossil", paths: ("/usr/local/lib/webserv", Folder.Combine("lib"))),
            CgiPage.Block("Mercurial", paths: ("/usr/local/lib/webserv", Folder.Combine("lib"))));
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

    /// <summary>Runs a program of Ada's in the folder, with nothing of the settings that others have.</summary>
    internal Task<ProgramResult> RunAsync(string program, params IEnumerable<string> arguments) => RunInAsync(Folder.Root, program, arguments);

    /// <summary>Runs a program of Ada's.</summary>
    internal Task<ProgramResult> RunInAsync(string directory, string program, params IEnumerable<string> arguments) =>
        ExternalProgram.RunAsync(
            ExternalProgram.Find("env", "coreutils"),
            [
                "-i", "PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", $"HOME={Folder.Combine("home")}", "USER=ada", "HGUSER=ada", "HGPLAIN=1", "HGRCPATH=/dev/null",
                ExternalProgram.Find(program, program == "hg" ? "mercurial" : program), .. arguments,
            ],
            directory);
}
