using Webserv.Abstractions.Pipeline;

namespace Webserv.Plugins.Uploads;

/// <summary>An entry as it would be if its root were the directory of uploads, to look those up in the open-file cache.</summary>
internal sealed class UploadedFilesEntry(IPipelineEntry entry, string directory) : IPipelineEntry
{
    public string Name => entry.Name;

    public string ConfigurationPath => entry.ConfigurationPath;

    public string VirtualServer => entry.VirtualServer;

    public string? Root => directory;

    public string GetPathBelowRoot(string requestPath) => entry.GetPathBelowMatch(requestPath);

    public string GetPathBelowMatch(string requestPath) => entry.GetPathBelowMatch(requestPath);

    public string ResolvePath(string path) => entry.ResolvePath(path);
}
