using Webserv.Host.Configuration;

namespace Webserv.Host.Logging;

/// <summary>The files that one generation writes to.</summary>
internal sealed class AccessLogLeases(AccessLogs logs) : IAsyncDisposable
{
    private readonly List<LogFileOptions> _held = [];

    /// <summary>Opens the access log of a virtual server.</summary>
    /// <param name="options">Its log.</param>
    /// <param name="server">The name of the virtual server.</param>
    /// <param name="errors">Gets what is wrong.</param>
    /// <returns>The log, or <see langword="null"/> where its file cannot be opened.</returns>
    public AccessLog? Open(AccessLogOptions options, string server, IConfigurationErrors errors)
    {
        try
        {
            var file = logs.Open(options.File);
            _held.Add(options.File);
            return new AccessLog(file, options.Format, server, logs.Time);
        }
        catch (IOException exception)
        {
            errors.Add($"{options.ConfigurationPath}:{nameof(AccessLogShape.Path)}", $"{options.File.Name} cannot be opened: {exception.Message}");
            return null;
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        foreach (var options in _held)
        {
            await logs.ReleaseAsync(options).ConfigureAwait(false);
        }

        _held.Clear();
    }
}
