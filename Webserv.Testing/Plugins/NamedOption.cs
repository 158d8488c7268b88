using System.Globalization;
using System.Reflection;

namespace Webserv.Testing.Plugins;

/// <summary>Sets an option whose type is known at run time alone.</summary>
internal static class NamedOption
{
    /// <exception cref="ArgumentException">There is no such option, or it takes no such value.</exception>
    public static void Set(object options, string name, object? value)
    {
        var property = options.GetType().GetProperty(name, BindingFlags.Public | BindingFlags.Instance);
        if (property?.SetMethod is not { IsPublic: true })
        {
            throw new ArgumentException($"{options.GetType().Name} has no option '{name}' that can be set.", nameof(name));
        }

        try
        {
            property.SetValue(options, Convert(value, Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType));
        }
        catch (Exception exception) when (exception is FormatException or OverflowException or InvalidCastException or ArgumentException)
        {
            throw new ArgumentException($"{options.GetType().Name}.{name} does not take '{value}'.", nameof(value), exception);
        }
    }

    // No type converters: their registry would keep the plugin in memory.
    private static object? Convert(object? value, Type type) =>
        value is null || type.IsInstanceOfType(value) ? value
        : type.IsEnum ? Enum.Parse(type, value.ToString()!, ignoreCase: true)
        : type == typeof(TimeSpan) ? TimeSpan.Parse(value.ToString()!, CultureInfo.InvariantCulture)
        : type == typeof(Uri) ? new Uri(value.ToString()!, UriKind.RelativeOrAbsolute)
        : System.Convert.ChangeType(value, type, CultureInfo.InvariantCulture);
}
