using System.Globalization;
using System.Text;
using Webserv.Host.Plugins;
using Webserv.Host.Plugins.Documentation;

namespace Webserv.Host.Server;

/// <summary>Plugins as the commands print them.</summary>
internal static class PluginReport
{
    /// <summary>Columns of a terminal that descriptions are wrapped for.</summary>
    private const int Width = 100;

    /// <summary>One line: id, version, contract, state, and what it offers or why it does not.</summary>
    public static string Line(PluginDescription plugin) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{plugin.Id}  {plugin.Version?.ToString() ?? "-"}  abi {plugin.Abi?.ToString(CultureInfo.InvariantCulture) ?? "-"}  {plugin.State}  {plugin.Error ?? string.Join(", ", plugin.Middleware)}");

    /// <summary>Everything: a line for each fact, then what it offers with every option.</summary>
    /// <param name="plugin">What is known about the plugin.</param>
    /// <param name="reference">What it offers, in plain text; <see langword="null"/> where it is not loaded.</param>
    public static string Details(PluginDescription plugin, PluginReference? reference)
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
        foreach (var middleware in reference?.Middleware ?? [])
        {
            Append(text, middleware);
        }

        return text.ToString();

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"{name,-11}{value}");
            }
        }
    }

    private static void Append(StringBuilder text, MiddlewareReference middleware)
    {
        text.AppendLine().AppendLine(middleware.Name);
        AppendWrapped(text, middleware.Description, "  ");
        foreach (var option in middleware.Options)
        {
            text.AppendLine().Append("  ").Append(option.Name).Append("  (").Append(option.Type).Append(')')
                .AppendLine(option.Default is null ? "" : "  default: " + option.Default);
            AppendWrapped(text, option.Description, "      ");
        }

        if (middleware.Problem is not null)
        {
            text.AppendLine();
            AppendWrapped(text, "The options are not all known: it " + middleware.Problem, "  ");
        }
        else if (middleware.Options.Count == 0)
        {
            text.AppendLine().AppendLine("  It has no options.");
        }
    }

    private static void AppendWrapped(StringBuilder text, string description, string indent)
    {
        var column = 0;
        foreach (var word in description.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (column > 0 && column + 1 + word.Length > Width)
            {
                text.AppendLine();
                column = 0;
            }

            text.Append(column == 0 ? indent : " ").Append(word);
            column += (column == 0 ? indent.Length : 1) + word.Length;
        }

        if (column > 0)
        {
            text.AppendLine();
        }
    }
}
