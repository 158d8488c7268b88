using Microsoft.Extensions.Configuration;
using Webserv.Host.Control;

namespace Webserv.Host.Configuration;

/// <summary>Makes the options of the server of what is written and checks them.</summary>
internal static class WebservOptionsReader
{
    /// <summary>Reads a whole configuration; what is wrong is reported and left out or left at its default.</summary>
    /// <param name="shape">What was bound.</param>
    /// <param name="logging">The section beside it that the log is made of.</param>
    /// <param name="file">The absolute path of the file.</param>
    /// <param name="errors">Gets what is wrong.</param>
    public static WebservOptions Read(WebservShape shape, IConfigurationSection logging, string file, ConfigurationErrors errors)
    {
        const string Root = nameof(ConfigurationFileShape.Webserv);
        var directory = Path.GetDirectoryName(file)!;
        AllowedRange.Check(shape.Limits, ConfigurationPath.Combine(Root, nameof(shape.Limits)), errors);
        AllowedRange.Check(shape.Transport, ConfigurationPath.Combine(Root, nameof(shape.Transport)), errors);
        AllowedRange.Check(shape.FileCache, ConfigurationPath.Combine(Root, nameof(shape.FileCache)), errors);
        AllowedRange.Check(shape.Plugins, ConfigurationPath.Combine(Root, nameof(shape.Plugins)), errors);
        CheckBudgets(shape.Plugins.Budgets, ConfigurationPath.Combine(Root, nameof(shape.Plugins), nameof(shape.Plugins.Budgets)), errors);
        TrustReader.Read(shape.Plugins.Trust, directory, ConfigurationPath.Combine(Root, nameof(shape.Plugins), nameof(shape.Plugins.Trust)), errors);
        CheckTogether(shape, Root, errors);
        ResolveDirectories(shape.Plugins, directory, ConfigurationPath.Combine(Root, nameof(shape.Plugins), nameof(shape.Plugins.Directories)), errors);

        var accessLogs = new AccessLogReader(directory, errors);
        var accessLog = shape.AccessLog is null ? null : accessLogs.Read(shape.AccessLog, ConfigurationPath.Combine(Root, nameof(shape.AccessLog)));
        var reader = new VirtualServerReader(directory, accessLogs, accessLog, errors);
        VirtualServerOptions[] servers = [.. shape.VirtualServers.Select(reader.Read)];
        VirtualServerCheck.Check(servers, errors);
        return new WebservOptions
        {
            File = file,
            Directory = directory,
            ReloadOnChange = shape.ReloadOnChange,
            Plugins = shape.Plugins,
            Limits = shape.Limits,
            Transport = shape.Transport,
            Proxies = new ProxiesReader(directory, errors).Read(shape.Proxies, servers, ConfigurationPath.Combine(Root, nameof(shape.Proxies))),
            FileCache = shape.FileCache,
            ControlSocket = ReadControlSocket(shape.ControlSocket, directory, ConfigurationPath.Combine(Root, nameof(shape.ControlSocket)), errors),
            Logging = ReadLogging(logging),
            VirtualServers = servers,
        };
    }

    private static Dictionary<string, string> ReadLogging(IConfigurationSection section)
    {
        var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, value) in section.AsEnumerable(makePathsRelative: true))
        {
            if (value is not null)
            {
                values[key] = value;
            }
        }

        return values;
    }

    private static string? ReadControlSocket(string? path, string directory, string at, ConfigurationErrors errors)
    {
        if (path is null)
        {
            return null;
        }

        var full = string.IsNullOrWhiteSpace(path) || path.Contains('\0', StringComparison.Ordinal) ? "" : Path.GetFullPath(path, directory);
        if (ControlPath.FindProblem(full) is not { } problem)
        {
            return full;
        }

        errors.Add(at, problem);
        return null;
    }

    private static void CheckTogether(WebservShape shape, string root, ConfigurationErrors errors)
    {
        if (shape.Limits.MaxRequestLineSize.Bytes > shape.Limits.MaxRequestHeadSize.Bytes)
        {
            errors.Add(
                ConfigurationPath.Combine(root, nameof(shape.Limits), nameof(shape.Limits.MaxRequestLineSize)),
                $"must not be more than MaxRequestHeadSize, which is {shape.Limits.MaxRequestHeadSize}");
        }

        if (shape.Transport.Kind == TransportKind.Epoll && !OperatingSystem.IsLinux())
        {
            errors.Add(
                ConfigurationPath.Combine(root, nameof(shape.Transport), nameof(shape.Transport.Kind)),
                "Epoll is there on Linux only; write Auto or Sockets");
        }
    }

    private static void CheckBudgets(IReadOnlyDictionary<string, PluginBudgetOptions> budgets, string path, ConfigurationErrors errors)
    {
        foreach (var (id, budget) in budgets)
        {
            var at = ConfigurationPath.Combine(path, id);
            AllowedRange.Check(budget, at, errors);
            if (budget.Breaker is not null)
            {
                AllowedRange.Check(budget.Breaker, ConfigurationPath.Combine(at, nameof(budget.Breaker)), errors);
            }
        }
    }

    private static void ResolveDirectories(PluginsOptions plugins, string directory, string path, ConfigurationErrors errors)
    {
        var resolved = new List<string>();
        for (var i = 0; i < plugins.Directories.Count; i++)
        {
            var text = plugins.Directories[i];
            if (string.IsNullOrWhiteSpace(text) || text.Contains('\0', StringComparison.Ordinal))
            {
                errors.Add(ItemPath.Of(path, i, errors), "the path of a directory is missing");
            }
            else
            {
                resolved.Add(Path.GetFullPath(text, directory));
            }
        }

        plugins.Directories = resolved;
    }
}
