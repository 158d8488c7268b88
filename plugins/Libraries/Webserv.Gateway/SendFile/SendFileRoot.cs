using Webserv.Abstractions.Files;
using Webserv.Abstractions.Pipeline;

namespace Webserv.Gateway.SendFile;

/// <summary>A directory whose files scripts may name.</summary>
internal sealed class SendFileRoot
{
    /// <summary>Opens it.</summary>
    /// <param name="prefix">What the names of its files begin with, with a slash at its end.</param>
    /// <param name="directory">Its absolute path.</param>
    /// <param name="entry">The entry whose scripts these are.</param>
    /// <param name="files">Where files are found.</param>
    public SendFileRoot(string prefix, string directory, IPipelineEntry entry, IOpenFileCache files)
    {
        Prefix = prefix;

        // The script has chosen the name: no reason to hide what begins with a dot from it.
        Files = files.OpenRoot(new Place(entry, directory), new DocumentRootOptions { ServeDotFiles = true });
    }

    /// <summary>What the names of its files begin with, with a slash at its end.</summary>
    public string Prefix { get; }

    /// <summary>Its files.</summary>
    public IDocumentRoot Files { get; }

    /// <summary>The entry as it would be with this directory as its root.</summary>
    private sealed class Place(IPipelineEntry entry, string root) : IPipelineEntry
    {
        public string Name => entry.Name;

        public string ConfigurationPath => entry.ConfigurationPath;

        public string VirtualServer => entry.VirtualServer;

        public string? Root => root;

        public string GetPathBelowRoot(string requestPath) => requestPath;

        public string GetPathBelowMatch(string requestPath) => requestPath;

        public string ResolvePath(string path) => entry.ResolvePath(path);
    }
}
