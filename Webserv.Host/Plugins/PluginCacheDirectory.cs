using System.Diagnostics.CodeAnalysis;
using Webserv.Host.Files;

namespace Webserv.Host.Plugins;

/// <summary>
/// Where private copies of plugins are kept: <c>$XDG_CACHE_HOME/webserv/plugins</c>, else
/// <c>$HOME/.cache/webserv/plugins</c> (the local application data on Windows). Code is loaded from it, so a directory
/// that others may write to is not used.
/// </summary>
internal static class PluginCacheDirectory
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>The user's cache directory; <see langword="null"/> where the environment names none.</summary>
    public static string? Find(Func<string, string?> getEnvironmentVariable)
    {
        // A relative $XDG_CACHE_HOME is to be ignored (XDG Base Directory Specification).
        var parent = getEnvironmentVariable("XDG_CACHE_HOME") is { } cache && Path.IsPathFullyQualified(cache) ? cache
            : OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : getEnvironmentVariable("HOME") is { } home && Path.IsPathFullyQualified(home) ? Path.Combine(home, ".cache")
            : null;
        return string.IsNullOrEmpty(parent) ? null : Path.Combine(parent, "webserv", "plugins");
    }

    /// <summary>Makes the directory if needed and sees whether it can be used.</summary>
    public static bool TryPrepare(string directory, [NotNullWhen(false)] out string? problem)
    {
        try
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(directory);
            }
            else
            {
                Directory.CreateDirectory(directory, Owner);
                if ((File.GetUnixFileMode(directory) & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != 0)
                {
                    problem = "others may write to it";
                    return false;
                }

                if (FileOwner.Of(directory) is { } owner && owner != FileOwner.OfProcess)
                {
                    // What root put into it, that user could not use.
                    problem = $"it belongs to the user {owner}";
                    return false;
                }
            }

            var probe = Path.Combine(directory, $".probe-{Guid.NewGuid():N}");
            using (new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose))
            {
                problem = null;
                return true;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            problem = exception.Message;
            return false;
        }
    }
}
