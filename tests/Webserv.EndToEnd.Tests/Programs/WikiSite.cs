using System.Net;
using Webserv.EndToEnd.Tests.Processes;
using Webserv.EndToEnd.Tests.Site;

namespace Webserv.EndToEnd.Tests.Programs;

/// <summary>A DokuWiki as its archive is unpacked, installed by its own page.</summary>
/// <param name="block">Which block of the page's section configures it: how PHP is run.</param>
public abstract class WikiSite(int block) : IAsyncLifetime
{
    /// <summary>The user whom the installation makes.</summary>
    public const string User = "ada";

    /// <summary>The user's password.</summary>
    public const string Password = "s3cret & söm";

    private ProgramServer? _server;

    internal ServerFolder Folder { get; } = new();

    internal ProgramServer Server => _server!;

    /// <summary>What the installation answered.</summary>
    internal string Installation { get; private set; } = "";

    /// <inheritdoc />
    public async ValueTask InitializeAsync()
    {
        ExternalProgram.Find("php-cgi", "php-cgi");
        await UnpackAsync(Folder.Combine("wiki"));
        Folder.MakeDirectory("sessions");
        Folder.Write("wiki/.user.ini", $"session.save_path = \"{Folder.Combine("sessions")}\"\nupload_max_filesize = 8M\n");
        Folder.Write("wiki/data/pages/wiki/welcome.txt", "====== Welcome ======\n");

        // Pages have a path of their own behind the script, /doku.php/start.
        Folder.Write("wiki/conf/local.protected.php", "<?php\n$conf['userewrite'] = 2;\n");
        _server = await ProgramServer.StartAsync(Folder, CgiPage.Block("DokuWiki", index: block, paths: ("/srv/wiki", Folder.Combine("wiki"))));
        using var form = RequestExtensions.Form(
            ("l", "en"), ("d[title]", "Wiki of the Café"), ("d[acl]", "1"), ("d[superuser]", User), ("d[fullname]", "Ada Lovelace"), ("d[email]", "ada@example.org"),
            ("d[password]", Password), ("d[confirm]", Password), ("d[policy]", "1"), ("d[license]", "0"), ("submit", ""));
        using var answer = await Server.Client.SendAsync("POST", "/install.php", form);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Installation = await answer.ReadTextAsync();
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Debian's package spreads over the system, and knows where; brought together it is what the archive has.</summary>
    private static async Task UnpackAsync(string target)
    {
        const string Source = "/usr/share/dokuwiki";
        Assert.True(Directory.Exists(Source), $"{Source} is missing: apt-get install -y --no-install-recommends php-cgi dokuwiki");
        const string Script = """
            set -e
            cp -rL /usr/share/dokuwiki "$1"
            rm "$1/inc/preload.php"
            for directory in attic cache index locks log media media_attic media_meta meta pages tmp; do mkdir -p "$1/data/$directory"; done
            mkdir "$1/data/media/wiki"
            cp "$1/lib/tpl/dokuwiki/images/logo.png" "$1/data/media/wiki"
            mkdir "$1/conf"
            cd /etc/dokuwiki
            cp acronyms.conf dokuwiki.php entities.conf interwiki.conf license.php manifest.json mediameta.php mime.conf \
              plugins.php plugins.required.php scheme.conf smileys.conf wordblock.conf "$1/conf"
            sed -i "s|= '/var/lib/dokuwiki/data';|= './data';|" "$1/conf/dokuwiki.php"
            ! grep /var/lib "$1/conf/dokuwiki.php"
            """;
        (await ExternalProgram.RunAsync("/bin/sh", ["-c", Script, "sh", target])).Succeeded();
    }
}
