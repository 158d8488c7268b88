using System.Text;

namespace Webserv.Host.Http1;

/// <summary>The Date field line (RFC 9110 section 6.6.1), formatted anew once a second at most.</summary>
internal sealed class DateField(TimeProvider timeProvider)
{
    private const long CheckEveryMilliseconds = 200;

    private long _checkedAt = -CheckEveryMilliseconds;
    private long _second;
    private byte[] _line = [];

    /// <summary>The line with its line end.</summary>
    /// <param name="milliseconds">The clock of the calling event loop.</param>
    public ReadOnlySpan<byte> GetLine(long milliseconds)
    {
        // Races between loops are harmless: each writes a whole new array that is right.
        if (Math.Abs(milliseconds - Volatile.Read(ref _checkedAt)) >= CheckEveryMilliseconds)
        {
            var now = timeProvider.GetUtcNow();
            if (now.Ticks / TimeSpan.TicksPerSecond != Volatile.Read(ref _second) || _line.Length == 0)
            {
                Volatile.Write(ref _line, Encoding.ASCII.GetBytes($"Date: {now:R}\r\n"));
                Volatile.Write(ref _second, now.Ticks / TimeSpan.TicksPerSecond);
            }

            Volatile.Write(ref _checkedAt, milliseconds);
        }

        return Volatile.Read(ref _line);
    }
}
