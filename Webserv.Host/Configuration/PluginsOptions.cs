using System.ComponentModel;
using Webserv.Abstractions.Configuration;

namespace Webserv.Host.Configuration;

/// <summary>Where plugins come from.</summary>
internal sealed class PluginsOptions
{
    /// <summary>Stands for all plugins that are not named.</summary>
    public const string AllOthers = "*";

    /// <summary>Directories to look in besides <c>plugins/</c> next to the program. Those that do not exist are passed over.</summary>
    [Description("Directories to look in besides `plugins/` next to the program. Those that do not exist are passed over.")]
    public IReadOnlyList<string> Directories { get; set; } = [];

    /// <summary>Whether plugins that were added, replaced or removed are noticed while the server runs.</summary>
    [Description("Whether plugins that were added, replaced or removed are noticed while the server runs. Otherwise that takes a SIGHUP (`webserv reload`).")]
    public bool HotReload { get; set; } = true;

    /// <summary>How many versions of a plugin are kept for <c>webserv plugins rollback</c>, with the one that serves.</summary>
    [Description("How many versions of each plugin that have served are kept for `webserv plugins rollback`, with the one that serves.")]
    [Allowed("1", "100")]
    public int KeptVersions { get; set; } = 3;

    /// <summary>The most that the kept versions of a plugin take.</summary>
    [Description("The most that the kept versions of a plugin take on the disk; the newest is kept in any case.")]
    public ByteSize KeptSize { get; set; } = ByteSize.FromMegabytes(256);

    /// <summary>Which plugins are loaded at all.</summary>
    [Description("Which plugins are loaded at all. Without hashes and keys, all that are found.")]
    public TrustOptions Trust { get; set; } = new();

    /// <summary>Whether requests are counted for each plugin.</summary>
    [Description("Whether requests, errors, the time that they take and the memory that is allocated for them are counted for each plugin, for `webserv plugins list` and `Metrics`. Otherwise nothing is measured.")]
    public bool Statistics { get; set; }

    /// <summary>What plugins may use, by id; <c>*</c> for those that are not named.</summary>
    [Description("What plugins may use, by the id of the plugin; `*` for all that are not named. A plugin with nothing set in either is run without any of this, at no cost.")]
    public IReadOnlyDictionary<string, PluginBudgetOptions> Budgets { get; set; } =
        new Dictionary<string, PluginBudgetOptions>(StringComparer.OrdinalIgnoreCase);

    /// <summary>What a plugin may use; <see langword="null"/> where there is no limit.</summary>
    public PluginBudgetOptions? BudgetOf(string pluginId) =>
        (Budgets.GetValueOrDefault(pluginId) ?? Budgets.GetValueOrDefault(AllOthers)) is { } budget && !budget.IsUnlimited() ? budget : null;
}
