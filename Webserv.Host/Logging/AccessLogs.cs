using Microsoft.Extensions.Logging;
using Webserv.Host.Configuration;

namespace Webserv.Host.Logging;

/// <summary>The files of access logs that are open. Generations that name the same file share it; it is closed when the last has let go.</summary>
/// <param name="timeProvider">The clock.</param>
/// <param name="logger">Is told what goes wrong.</param>
internal sealed class AccessLogs(TimeProvider timeProvider, ILogger logger)
{
    private readonly Lock _sync = new();
    private readonly Dictionary<LogFileOptions, (AccessLogFile File, int Users)> _files = [];

    /// <summary>The time of lines.</summary>
    public LogTime Time { get; } = new(timeProvider);

    /// <summary>Opens a file, or finds that it is open.</summary>
    /// <returns>The file; to be let go of with <see cref="ReleaseAsync"/>.</returns>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public AccessLogFile Open(LogFileOptions options)
    {
        lock (_sync)
        {
            var (file, users) = _files.GetValueOrDefault(options);
            file ??= new AccessLogFile(options, () => LogFile.Open(options.Path, options.Mode), timeProvider, logger);
            _files[options] = (file, users + 1);
            return file;
        }
    }

    /// <summary>Lets go of a file. The last one to do so closes it, when everything is written.</summary>
    public ValueTask ReleaseAsync(LogFileOptions options)
    {
        AccessLogFile file;
        lock (_sync)
        {
            (file, var users) = _files[options];
            if (users > 1)
            {
                _files[options] = (file, users - 1);
                return ValueTask.CompletedTask;
            }

            _files.Remove(options);
        }

        return file.DisposeAsync();
    }

    /// <summary>Opens all files again, where they have been renamed.</summary>
    /// <returns>How many there are.</returns>
    public async Task<int> ReopenAsync()
    {
        AccessLogFile[] files;
        lock (_sync)
        {
            files = [.. _files.Values.Select(entry => entry.File)];
        }

        await Task.WhenAll(files.Select(file => file.ReopenAsync())).ConfigureAwait(false);
        return files.Length;
    }
}
