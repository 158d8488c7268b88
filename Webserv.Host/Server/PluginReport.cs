using System.Globalization;
using System.Text;
using Webserv.Host.Plugins;

namespace Webserv.Host.Server;

/// <summary>Plugins as the commands print them.</summary>
internal static class PluginReport
{
    /// <summary>One line: id, version, contract, state, and what it offers or why it does not.</summary>
    public static string Line(PluginDescription plugin) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{plugin.Id}  {plugin.Version?.ToString() ?? "-"}  abi {plugin.Abi?.ToString(CultureInfo.InvariantCulture) ?? "-"}  {plugin.State}  {plugin.Error ?? string.Join(", ", plugin.Middleware)}");

    /// <summary>Everything, a line each.</summary>
    public static string Details(PluginDescription plugin)
    {
        var text = new StringBuilder();
        Add("id", plugin.Id);
        Add("version", plugin.Version?.ToString());
        Add("abi", plugin.Abi?.ToString(CultureInfo.InvariantCulture));
        Add("file", plugin.File);
        Add("sha256", plugin.Hash);
        Add("state", plugin.State.ToString());
        Add("error", plugin.Error);
        Add("middleware", plugin.Middleware.Count > 0 ? string.Join(", ", plugin.Middleware) : null);
        return text.ToString();

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"{name,-11}{value}");
            }
        }
    }
}
