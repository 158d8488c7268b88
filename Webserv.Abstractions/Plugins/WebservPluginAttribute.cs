namespace Webserv.Abstractions.Plugins;

/// <summary>
/// Marks an assembly as a plugin: <c>[assembly: WebservPlugin("Hello", typeof(HelloPlugin))]</c>. It is read from the
/// metadata before any code of the assembly runs.
/// </summary>
/// <param name="id">The plugin's id; by convention the name of its assembly.</param>
/// <param name="pluginType">A public class that implements <see cref="IPlugin"/> and has a parameterless constructor.</param>
/// <param name="abi">Leave it out: the compiler fills in the contract that the plugin is built against.</param>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class WebservPluginAttribute(string id, Type pluginType, int abi = WebservAbi.Current) : Attribute
{
    /// <summary>The plugin's id.</summary>
    public string Id { get; } = id;

    /// <summary>The plugin's entry point.</summary>
    public Type PluginType { get; } = pluginType;

    /// <summary>The version of the contract that the plugin was built against.</summary>
    public int Abi { get; } = abi;
}
