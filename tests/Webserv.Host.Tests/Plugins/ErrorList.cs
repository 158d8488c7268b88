using Webserv.Host.Configuration;

namespace Webserv.Host.Tests.Plugins;

/// <summary>Errors as <c>path: message</c>.</summary>
internal sealed class ErrorList : IConfigurationErrors
{
    public List<string> Items { get; } = [];

    public void Add(string path, string message) => Items.Add($"{path}: {message}");
}
