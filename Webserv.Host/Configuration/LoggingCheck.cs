using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Webserv.Host.Configuration;

/// <summary>Checks the section <c>Logging</c>, which Microsoft.Extensions.Logging reads.</summary>
internal static class LoggingCheck
{
    /// <summary>Reports what is wrong with it; a configuration without it has nothing wrong.</summary>
    /// <param name="section">The section.</param>
    /// <param name="errors">Gets what is wrong.</param>
    public static void Check(IConfigurationSection section, ConfigurationErrors errors)
    {
        var shape = new LoggingShape();
        StrictBinder.Bind(shape, section, errors);
        CheckCategories(shape.LogLevel, ConfigurationPath.Combine(section.Path, nameof(shape.LogLevel)), errors);
        var console = ConfigurationPath.Combine(section.Path, nameof(shape.Console));
        AllowedRange.Check(shape.Console, console, errors);
        CheckCategories(shape.Console.LogLevel, ConfigurationPath.Combine(console, nameof(shape.Console.LogLevel)), errors);
    }

    // More than one are thrown at whoever makes the first logger.
    private static void CheckCategories(IReadOnlyDictionary<string, LogLevel> levels, string path, ConfigurationErrors errors)
    {
        foreach (var category in levels.Keys.Where(category => category.Count(static character => character == '*') > 1))
        {
            errors.Add(ConfigurationPath.Combine(path, category), "a category holds one * at most");
        }
    }
}
