using Webserv.Abstractions.Pipeline;

namespace Webserv.Host.Tests.Plugins;

/// <summary>A place in a configuration.</summary>
internal sealed class TestEntry : IPipelineEntry
{
    public string Name => "Test";

    public string ConfigurationPath => "Webserv:VirtualServers:0:Pipeline:3";

    public string VirtualServer => "main";

    public string? Root => null;

    public string GetPathBelowRoot(string requestPath) => requestPath;

    public string GetPathBelowMatch(string requestPath) => requestPath;

    public string ResolvePath(string path) => path;
}
