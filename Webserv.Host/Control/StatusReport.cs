using System.Globalization;
using System.Text;

namespace Webserv.Host.Control;

/// <summary>The plugins of a running server as <c>plugins list</c> prints them: a table, and what there is to say below it.</summary>
internal static class StatusReport
{
    private const int ShownDigits = 12;
    private const string Nothing = "-";

    private static readonly string[] Units = ["B", "KB", "MB", "GB", "TB"];
    private static readonly string[] Head = ["plugin", "version", "abi", "state", "load", "sha256", "requests", "errors", "inside", "p50 ms", "p99 ms", "allocated", "file"];

    /// <summary>The text, several lines.</summary>
    public static string ToText(ServerStatus status)
    {
        var rows = new List<string[]> { Head };
        rows.AddRange(status.Plugins.Select(Row));
        var text = new StringBuilder();
        var widths = Enumerable.Range(0, Head.Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
        {
            var line = string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column])));
            text.AppendLine(line.TrimEnd());
        }

        foreach (var note in status.Plugins.SelectMany(NotesOn).Concat(status.Replaced.Select(NoteOn)))
        {
            text.AppendLine(note);
        }

        text.AppendLine(CultureInfo.InvariantCulture, $"process {status.ProcessId}, generation {status.Generation}{(status.AreCounted ? "" : "; requests are counted with Plugins.Statistics")}");
        return text.ToString();
    }

    private static string[] Row(PluginStatus plugin) =>
    [
        plugin.Id,
        plugin.Version ?? Nothing,
        Number(plugin.Abi),
        plugin.Breakers.Count > 0 ? plugin.State + ", breaker open" : plugin.State,
        plugin.Load > 0 ? Number(plugin.Load) : Nothing,
        Short(plugin.Sha256),
        Number(plugin.Counts?.Requests),
        Number(plugin.Counts?.Errors),
        Number(plugin.Counts?.Inside),
        Time(plugin.Counts?.P50),
        Time(plugin.Counts?.P99),
        Size(plugin.Counts?.Allocated),
        plugin.File,
    ];

    private static IEnumerable<string> NotesOn(PluginStatus plugin)
    {
        if (plugin.Error is not null)
        {
            yield return $"{plugin.Id}: {plugin.Error}";
        }

        foreach (var breaker in plugin.Breakers)
        {
            yield return $"{plugin.Id}: the breaker of {breaker} is open";
        }

        if (plugin.Stuck > 0)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{plugin.Id}: requests that were given up, and whose code goes on: {plugin.Stuck}");
        }
    }

    private static string NoteOn(ReplacedPlugin plugin) => string.Create(
        CultureInfo.InvariantCulture, $"{plugin.Id} {plugin.Version} (load {plugin.Load}, {Short(plugin.Sha256)}) was replaced and is in memory: {plugin.Why}");

    private static string Short(string? hash) => hash is null ? Nothing : hash[..Math.Min(ShownDigits, hash.Length)];

    private static string Number(long? number) => number?.ToString(CultureInfo.InvariantCulture) ?? Nothing;

    private static string Size(long? bytes)
    {
        if (bytes is not { } size)
        {
            return Nothing;
        }

        var (value, unit) = ((double)size, 0);
        for (; value >= 1024 && unit < Units.Length - 1; unit++)
        {
            value /= 1024;
        }

        return value.ToString("0.#", CultureInfo.InvariantCulture) + Units[unit];
    }

    private static string Time(double? milliseconds) => milliseconds?.ToString("0.###", CultureInfo.InvariantCulture) ?? Nothing;
}
