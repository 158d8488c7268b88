namespace Webserv.Plugins.Metrics;

/// <summary>Meters by name: the name itself, or its beginning and a <c>*</c>. Upper and lower case are the same, as they are for meters.</summary>
internal static class MeterPattern
{
    /// <summary>Whether a pattern is well-formed.</summary>
    public static bool IsValid(string pattern) =>
        !string.IsNullOrWhiteSpace(pattern) && pattern.IndexOf('*', StringComparison.Ordinal) is var star && (star < 0 || star == pattern.Length - 1);

    /// <summary>Whether a meter is meant.</summary>
    public static bool IsMatch(string pattern, string meter) =>
        pattern.EndsWith('*')
            ? meter.StartsWith(pattern[..^1], StringComparison.OrdinalIgnoreCase)
            : meter.Equals(pattern, StringComparison.OrdinalIgnoreCase);
}
