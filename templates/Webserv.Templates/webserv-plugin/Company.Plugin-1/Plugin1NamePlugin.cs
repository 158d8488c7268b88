using Webserv.Abstractions.Plugins;

// The server reads this line before it runs any code. The id is the name of the assembly, of its file and of its folder.
[assembly: WebservPlugin("Company.Plugin-1", typeof(Company.Plugin_1.Plugin1NamePlugin))]

namespace Company.Plugin_1;

/// <summary>Offers <c>Plugin1Name</c> to pipelines.</summary>
public sealed class Plugin1NamePlugin : IPlugin
{
    /// <summary>Registers what the plugin offers. Services that its middleware share go into <c>builder.Services</c>.</summary>
    public void Configure(IPluginBuilder builder) =>
        builder.AddMiddleware<Plugin1NameMiddleware, Plugin1NameOptions, Plugin1NameOptionsValidator>("Plugin1Name");
}
