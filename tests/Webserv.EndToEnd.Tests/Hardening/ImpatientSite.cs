namespace Webserv.EndToEnd.Tests.Hardening;

/// <summary>A trial site that waits for a second and no longer. One for all tests of a class, each of which leaves it as it was.</summary>
public sealed class ImpatientSite : IAsyncLifetime
{
    internal const string Times =
        "\"RequestHeadTimeout\": \"1s\", \"RequestBodyTimeout\": \"1s\", \"ResponseWriteTimeout\": \"1s\", \"HalfCloseTimeout\": \"1s\"";

    private TrialSite? _site;
    private int _scripts;

    internal TrialSite Site => _site!;

    /// <summary>What it has open when nobody asks anything.</summary>
    internal int Open { get; private set; }

    /// <inheritdoc />
    public async ValueTask InitializeAsync()
    {
        _site = await TrialSite.StartAsync(Times);
        Open = await _site.WarmUpAsync();
    }

    /// <summary>Puts a script there, under a name of its own.</summary>
    /// <returns>Its path in a request.</returns>
    internal string AddScript(string text)
    {
        var name = $"cgi/{++_scripts}.sh";
        Site.Folder.WriteScript(name, text);
        return "/" + name;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_site is not null)
        {
            await _site.DisposeAsync();
        }
    }
}
