using Microsoft.Extensions.Configuration;

namespace Webserv.Host.Configuration;

/// <summary>Keeps a missing key from being reported where it is there with a slip of the pen, which is reported already.</summary>
internal static class Misspelt
{
    /// <summary>Whether a section holds an unknown key that was most likely meant to be a certain one.</summary>
    /// <param name="section">The section.</param>
    /// <param name="key">The key that is missing.</param>
    /// <param name="shape">The type whose keys are known there.</param>
    public static bool Is(IConfigurationSection section, string key, Type shape)
    {
        string[] names = [.. OptionShape.Keys(shape).Select(property => property.Name)];
        return section.GetChildren().Any(child =>
            !names.Contains(child.Key, StringComparer.OrdinalIgnoreCase) && NearestName.Find(child.Key, names) == key);
    }
}
