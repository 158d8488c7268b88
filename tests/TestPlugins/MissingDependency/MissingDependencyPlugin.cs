using Newtonsoft.Json;
using Webserv.Abstractions.Plugins;

[assembly: WebservPlugin("MissingDependency", typeof(Webserv.TestPlugins.MissingDependency.MissingDependencyPlugin))]

namespace Webserv.TestPlugins.MissingDependency;

/// <summary>Uses a library that does not come with it.</summary>
public sealed class MissingDependencyPlugin : IPlugin
{
    /// <inheritdoc/>
    public void Configure(IPluginBuilder builder) => throw new InvalidOperationException(JsonConvert.SerializeObject(builder.Context.Id));
}
