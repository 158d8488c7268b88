using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace Webserv.Host.Configuration;

/// <summary>Says where the values of a list stand.</summary>
internal static class ItemPath
{
    /// <summary>
    /// The path of a value of a bound list of strings: that of the list itself where it was written as a single string.
    /// Values that are no strings were left out when the list was bound, so they do not count.
    /// </summary>
    public static string Of(string list, int index, IJsonKinds kinds)
    {
        if (kinds.KindOf(list) != JsonValueKind.Array)
        {
            return list;
        }

        for (var i = 0; ; i++)
        {
            var item = ConfigurationPath.Combine(list, i.ToString(CultureInfo.InvariantCulture));
            var kind = kinds.KindOf(item);
            if (kind == JsonValueKind.Undefined || (kind == JsonValueKind.String && index-- == 0))
            {
                return item;
            }
        }
    }
}
