using System.Globalization;

namespace Webserv.Host.Configuration;

/// <summary>Durations as configuration files have them: <c>10s</c>, <c>250ms</c>, <c>5m</c>, <c>2h</c>, <c>1d</c>, <c>1.5s</c>, or <c>00:00:10</c>.</summary>
internal static class Duration
{
    private static readonly (string Unit, long Ticks)[] Units =
    [
        ("ms", TimeSpan.TicksPerMillisecond),
        ("s", TimeSpan.TicksPerSecond),
        ("m", TimeSpan.TicksPerMinute),
        ("h", TimeSpan.TicksPerHour),
        ("d", TimeSpan.TicksPerDay),
    ];

    /// <summary>Reads a duration; a bare number is none, because nobody can tell its unit.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        var word = text.AsSpan().Trim();
        foreach (var (unit, ticks) in Units)
        {
            if (!word.EndsWith(unit, StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            var number = word[..^unit.Length].TrimEnd();
            if (number.IsEmpty
                || !decimal.TryParse(number, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
                || Math.Abs(value) > long.MaxValue / ticks)
            {
                return false;
            }

            duration = new TimeSpan((long)(value * ticks));
            return true;
        }

        return word.Contains(':') && TimeSpan.TryParse(word, CultureInfo.InvariantCulture, out duration);
    }

    /// <summary>The duration with the largest unit that keeps it whole.</summary>
    public static string Format(TimeSpan duration)
    {
        for (var i = Units.Length - 1; i >= 0; i--)
        {
            var (unit, ticks) = Units[i];
            if (duration.Ticks % ticks == 0 && (duration.Ticks != 0 || unit == "s"))
            {
                return (duration.Ticks / ticks).ToString(CultureInfo.InvariantCulture) + unit;
            }
        }

        return duration.ToString("c", CultureInfo.InvariantCulture);
    }
}
