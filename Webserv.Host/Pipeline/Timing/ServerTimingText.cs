using System.Buffers;
using System.Globalization;

namespace Webserv.Host.Pipeline.Timing;

/// <summary>The text of the field <c>Server-Timing</c> (W3C Server Timing): <c>name;desc="text";dur=milliseconds</c>, by commas.</summary>
internal static class ServerTimingText
{
    /// <summary>The name of the field.</summary>
    public const string Field = "Server-Timing";

    // RFC 9110 section 5.6.2.
    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    /// <summary>A metric without its duration. What cannot stand in a name is an underscore, what cannot stand in a description a question mark.</summary>
    public static string MetricOf(string name, string description) =>
        $"{Replace(name, '_', TokenCharacters.Contains)};desc=\"{Replace(description, '?', static character => character is >= ' ' and <= '~' and not '"' and not '\\')}\"";

    /// <summary>Milliseconds, to the microsecond.</summary>
    public static string Milliseconds(TimeSpan time) => time.TotalMilliseconds.ToString("0.###", CultureInfo.InvariantCulture);

    private static string Replace(string text, char other, Predicate<char> isAllowed) =>
        string.Create(text.Length, (text, other, isAllowed), static (result, state) =>
        {
            for (var index = 0; index < result.Length; index++)
            {
                result[index] = state.isAllowed(state.text[index]) ? state.text[index] : state.other;
            }
        });
}
