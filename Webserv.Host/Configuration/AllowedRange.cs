using System.Reflection;
using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace Webserv.Host.Configuration;

/// <summary>Checks the ranges that options declare with <see cref="AllowedAttribute"/>.</summary>
internal static class AllowedRange
{
    /// <summary>Reports every option of an object that is out of its range.</summary>
    public static void Check(object options, string path, ConfigurationErrors errors)
    {
        foreach (var property in OptionShape.Keys(options.GetType()))
        {
            if (property.GetCustomAttribute<AllowedAttribute>() is { } allowed
                && property.GetValue(options) is { } read and (IComparable or Abstractions.Configuration.ByteSize))
            {
                // Read once: at the second time the runtime compiles a method of its own for each getter.
                var value = Comparable(read);
                if (value.CompareTo(Parse(property.PropertyType, allowed.Least)) < 0 || value.CompareTo(Parse(property.PropertyType, allowed.Most)) > 0)
                {
                    errors.Add(ConfigurationPath.Combine(path, property.Name), $"must be {allowed.Least} to {allowed.Most}");
                }
            }
        }
    }

    private static IComparable Parse(Type type, string text) =>
        ScalarReader.Read(type, text, JsonValueKind.Undefined, out var value) is { } problem
            ? throw new InvalidOperationException($"the range of an option is wrong: {problem}")
            : Comparable(value!);

    private static IComparable Comparable(object value) =>
        value is Abstractions.Configuration.ByteSize size ? size.Bytes : (IComparable)value;
}
