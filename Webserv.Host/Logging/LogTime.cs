using System.Globalization;
using System.Text;

namespace Webserv.Host.Logging;

/// <summary>The time as log lines have it, in the time zone of the server, formatted anew once a second at most.</summary>
internal sealed class LogTime(TimeProvider timeProvider)
{
    private const long CheckEveryMilliseconds = 100;

    private long _checkedAt = long.MinValue / 2;
    private Stamp? _stamp;

    /// <summary>The time now.</summary>
    /// <param name="milliseconds">The clock of the calling event loop.</param>
    public Stamp Get(long milliseconds)
    {
        // Races between loops are harmless: each writes a whole new stamp that is right.
        var stamp = Volatile.Read(ref _stamp);
        if (stamp is not null && Math.Abs(milliseconds - Volatile.Read(ref _checkedAt)) < CheckEveryMilliseconds)
        {
            return stamp;
        }

        var now = timeProvider.GetUtcNow();
        var second = now.Ticks / TimeSpan.TicksPerSecond;
        if (stamp?.Second != second)
        {
            stamp = Stamp.Of(second, TimeZoneInfo.ConvertTime(now, timeProvider.LocalTimeZone));
            Volatile.Write(ref _stamp, stamp);
        }

        Volatile.Write(ref _checkedAt, milliseconds);
        return stamp;
    }

    /// <summary>One second in both notations.</summary>
    internal sealed class Stamp
    {
        private Stamp(long second, byte[] common, byte[] iso) => (Second, Common, Iso) = (second, common, iso);

        /// <summary>Since the year 1.</summary>
        public long Second { get; }

        /// <summary><c>26/Nov/2026:11:15:23 +0100</c>.</summary>
        public byte[] Common { get; }

        /// <summary><c>2026-11-26T11:15:23+01:00</c>.</summary>
        public byte[] Iso { get; }

        /// <summary>Formats a time.</summary>
        /// <param name="second">Since the year 1.</param>
        /// <param name="local">The same in the time zone of the server.</param>
        public static Stamp Of(long second, DateTimeOffset local)
        {
            var zone = local.ToString("zzz", CultureInfo.InvariantCulture);
            var common = local.ToString("dd'/'MMM'/'yyyy':'HH':'mm':'ss ", CultureInfo.InvariantCulture) + zone.Replace(":", "", StringComparison.Ordinal);
            return new Stamp(second, Encoding.ASCII.GetBytes(common), Encoding.ASCII.GetBytes(local.ToString("yyyy-MM-dd'T'HH':'mm':'ss", CultureInfo.InvariantCulture) + zone));
        }
    }
}
