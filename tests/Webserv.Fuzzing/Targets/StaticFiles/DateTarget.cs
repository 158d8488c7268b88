using System.Globalization;
using System.Text;
using Webserv.Plugins.StaticFiles;
using Webserv.Representations;

namespace Webserv.Fuzzing.Targets.StaticFiles;

/// <summary>Dates in the three forms of RFC 9110 section 5.6.7.</summary>
internal sealed class DateTarget : IFuzzTarget
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 0, 0, 0, TimeSpan.Zero);

    /// <inheritdoc />
    public string Name => "date";

    /// <inheritdoc />
    public void Run(ReadOnlySpan<byte> input)
    {
        var text = Encoding.Latin1.GetString(input);
        var valid = HttpDate.TryParse(text, Now, out var date);
        BrokenPropertyException.ThrowIfDifferent(valid, HttpDate.TryParse("\t " + text + " ", Now, out var spaced), "with white space around it");
        BrokenPropertyException.ThrowIfDifferent(date, spaced, "with white space around it");
        if (!valid)
        {
            return;
        }

        BrokenPropertyException.ThrowUnless(date.Offset == TimeSpan.Zero && date.Ticks % TimeSpan.TicksPerSecond == 0, "whole seconds of UTC");
        CheckReadAgain(date, "ddd, dd MMM yyyy HH:mm:ss 'GMT'");
        CheckReadAgain(date, date.Day < 10 ? "ddd MMM  d HH:mm:ss yyyy" : "ddd MMM dd HH:mm:ss yyyy");
        if (date <= Now.AddYears(50) && date > Now.AddYears(-49))
        {
            CheckReadAgain(date, "dddd, dd-MMM-yy HH:mm:ss 'GMT'");
        }
    }

    private static void CheckReadAgain(DateTimeOffset date, string format)
    {
        var written = date.ToString(format, CultureInfo.InvariantCulture);
        BrokenPropertyException.ThrowUnless(HttpDate.TryParse(written, Now, out var again), $"{written} is no date");
        BrokenPropertyException.ThrowIfDifferent(date, again, written);
    }
}
