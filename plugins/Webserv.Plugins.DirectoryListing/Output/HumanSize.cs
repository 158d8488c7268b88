using System.Globalization;

namespace Webserv.Plugins.DirectoryListing.Output;

/// <summary>Sizes as people say them, in units of 1024: two digits below ten, whole numbers above.</summary>
internal static class HumanSize
{
    private static readonly string[] Units = ["B", "KB", "MB", "GB", "TB", "PB", "EB"];

    public static string Format(long bytes)
    {
        double value = bytes;
        var unit = 0;

        // 999.5 would be rounded to a fourth digit.
        while (value >= 999.5 && unit < Units.Length - 1)
        {
            value /= 1024;
            unit++;
        }

        return value.ToString(unit > 0 && value < 9.95 ? "0.0" : "0", CultureInfo.InvariantCulture) + " " + Units[unit];
    }
}
