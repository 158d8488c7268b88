using Microsoft.Extensions.Logging;

namespace Webserv.Plugins.DirectoryListing.Html;

/// <summary>
/// The template of an entry. An entry that stays the same outlives reloads, so the file is looked at for each page and read
/// again when it has changed. A template that is wrong by then is logged, and the one before stays.
/// </summary>
internal sealed class TemplateFile
{
    private readonly string? _path;
    private readonly string? _policy;
    private readonly ILogger _logger;
    private State _state;

    /// <param name="path">The absolute path of the file; <see langword="null"/> for the page that comes with the server.</param>
    /// <param name="policy">The Content-Security-Policy; <see langword="null"/> for the template's own.</param>
    /// <param name="logger">For templates that are wrong.</param>
    /// <exception cref="InvalidOperationException">It is wrong from the beginning.</exception>
    public TemplateFile(string? path, string? policy, ILogger logger)
    {
        _path = path;
        _policy = policy;
        _logger = logger;
        _state = path is null ? Make(default, ListingTemplate.Default) : Make(StampOf(path), ListingTemplate.Read(path));
    }

    /// <summary>The template as it is now, and the Content-Security-Policy of its pages.</summary>
    public (ListingTemplate Template, string Policy) Get()
    {
        var state = Volatile.Read(ref _state);
        if (_path is not null && StampOf(_path) is var stamp && stamp != state.Stamp)
        {
            try
            {
                state = Make(stamp, ListingTemplate.Read(_path));
            }
            catch (InvalidOperationException exception)
            {
                Log.TemplateNotRead(_logger, exception.Message);
                state = state with { Stamp = stamp };
            }

            Volatile.Write(ref _state, state);
        }

        return (state.Template, state.Policy);
    }

    // Taken before the file is read: what is written in between is seen the next time.
    private static (DateTime Changed, long Length) StampOf(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
    }

    private State Make((DateTime Changed, long Length) stamp, ListingTemplate template) => new(stamp, template, _policy ?? template.MakePolicy());

    private sealed record State((DateTime Changed, long Length) Stamp, ListingTemplate Template, string Policy);
}
