using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Webserv.Host.Configuration;
using Webserv.Host.Files;
using Webserv.Host.Plugins;

namespace Webserv.Host.Server.Watching;

/// <summary>The files that a server was made from, as they are at one moment: the configuration, and the files of all plugins.</summary>
internal sealed class FileStates
{
    private readonly Dictionary<string, string> _files = new(StringComparer.Ordinal);

    private FileStates()
    {
    }

    /// <summary>Looks at the files. Those that vanish or cannot be read meanwhile are as good as not there.</summary>
    /// <param name="configurationFile">The configuration; <see langword="null"/> to leave it out.</param>
    /// <param name="plugins">Where plugins are; <see langword="null"/> to leave them out.</param>
    /// <param name="programDirectory">The directory of the program, whose <c>plugins/</c> is looked in as well.</param>
    public static FileStates Take(string? configurationFile, PluginsOptions? plugins, string programDirectory)
    {
        var states = new FileStates();
        if (configurationFile is not null)
        {
            states.Add(configurationFile);
        }

        if (plugins is not null)
        {
            // Absolute already: they were read from a configuration.
            var directories = PluginDiscovery.GetDirectories(programDirectory, plugins.Directories, programDirectory);
            foreach (var candidate in PluginDiscovery.Find(directories, NullLogger.Instance, [], []))
            {
                states.Add(candidate);
            }
        }

        return states;
    }

    /// <summary>The files that differ from those of another moment, or are there in one of the two only.</summary>
    public IEnumerable<string> ChangedSince(FileStates other) =>
        _files.Keys.Union(other._files.Keys).Where(file => _files.GetValueOrDefault(file) != other._files.GetValueOrDefault(file)).Order(StringComparer.Ordinal);

    /// <summary>The same, and files of another moment that are not among them.</summary>
    public FileStates With(FileStates other)
    {
        var both = new FileStates();
        foreach (var (file, state) in _files)
        {
            both._files.Add(file, state);
        }

        foreach (var (file, state) in other._files)
        {
            both._files.TryAdd(file, state);
        }

        return both;
    }

    private void Add(PluginCandidate candidate)
    {
        try
        {
            foreach (var file in PluginFileSet.Of(candidate).Paths)
            {
                Add(file);
            }

            foreach (var file in PluginFileSet.FilesBeside(candidate))
            {
                Add(file);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or PluginException)
        {
            // Whoever loads it says what is wrong with it; here it counts that this changes.
            _files[candidate.File] = exception.Message;
        }
    }

    private void Add(string path)
    {
        try
        {
            FileSystemInfo file = new FileInfo(path);
            var target = file.LinkTarget is null ? file : file.ResolveLinkTarget(returnFinalTarget: true) ?? file;
            if (target is FileInfo { Exists: true } real)
            {
                // The change time tells of another file of the same length whose time was set, as packages do. The number of the
                // file would add nothing to it, and is not the same for long on some file systems (FAT, FUSE).
                _files[path] = string.Create(
                    CultureInfo.InvariantCulture, $"{real.FullName}|{real.Length}|{real.LastWriteTimeUtc.Ticks}|{FileChangeTime.Of(path)}");
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _files[path] = exception.Message;
        }
    }
}
