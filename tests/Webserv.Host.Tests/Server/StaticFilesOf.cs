using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Webserv.Abstractions.Files;
using Webserv.Abstractions.Pipeline;
using Webserv.Plugins.StaticFiles;

namespace Webserv.Host.Tests.Server;

/// <summary>StaticFiles on the file cache of a server under test, as a plugin's container makes it.</summary>
internal static class StaticFilesOf
{
    /// <summary>Makes a middleware for a directory.</summary>
    public static IMiddleware Create(ServerRig rig, string directory, StaticFilesOptions? options = null)
    {
        using var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton(Options.Create(options ?? new StaticFilesOptions()))
            .AddSingleton<IPipelineEntry>(new Place(directory))
            .AddSingleton<IOpenFileCache>(rig.Files)
            .AddSingleton(rig.Time)
            .BuildServiceProvider();
        return ActivatorUtilities.CreateInstance<StaticFilesMiddleware>(services);
    }

    /// <summary>Where the root stands.</summary>
    private sealed class Place(string root) : IPipelineEntry
    {
        public string Name => "StaticFiles";

        public string ConfigurationPath => "x";

        public string VirtualServer => "main";

        public string? Root => root;

        public string GetPathBelowRoot(string requestPath) => requestPath;

        public string GetPathBelowMatch(string requestPath) => requestPath;

        public string ResolvePath(string path) => Path.GetFullPath(path, root);
    }
}
