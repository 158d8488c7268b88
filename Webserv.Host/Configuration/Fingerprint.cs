using System.Globalization;
using System.Text;
using Microsoft.Extensions.Configuration;

namespace Webserv.Host.Configuration;

/// <summary>Says of two sections whether the same is made from both.</summary>
internal static class Fingerprint
{
    /// <summary>All values below a section with their kinds.</summary>
    /// <param name="section">The section; <see langword="null"/> where there is none.</param>
    /// <param name="kinds">Tells an empty list from an empty object and both from <c>null</c>.</param>
    public static string Of(IConfigurationSection? section, IJsonKinds? kinds)
    {
        if (section is null)
        {
            return "";
        }

        var text = new StringBuilder();
        var values = new Dictionary<string, string?>(section.AsEnumerable(makePathsRelative: true));
        foreach (var key in values.Keys.Order(StringComparer.OrdinalIgnoreCase))
        {
            var value = values[key];
            var path = key.Length == 0 ? section.Path : ConfigurationPath.Combine(section.Path, key);

            // With their lengths, so that no value can pass for a value and a key.
            text.Append(CultureInfo.InvariantCulture, $"{key.Length}:{key.ToUpperInvariant()}={kinds?.KindOf(path)}:{value?.Length}:{value}");
        }

        return text.ToString();
    }
}
