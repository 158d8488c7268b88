using System.Globalization;
using System.Text.Json;
using Webserv.Abstractions.Configuration;

namespace Webserv.Host.Configuration;

/// <summary>Reads single values: strings, booleans, numbers, enums, durations, sizes and URIs.</summary>
internal static class ScalarReader
{
    /// <summary>Whether a type is a single value.</summary>
    public static bool IsScalar(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type.IsEnum || type == typeof(string) || type == typeof(bool) || IsInteger(type) || type == typeof(double)
            || type == typeof(float) || type == typeof(decimal) || type == typeof(TimeSpan) || type == typeof(ByteSize) || type == typeof(Uri);
    }

    /// <summary>Whether a type is a whole number.</summary>
    public static bool IsInteger(Type type) => !type.IsEnum && Type.GetTypeCode(type) is >= TypeCode.SByte and <= TypeCode.UInt64;

    /// <summary>Reads a value.</summary>
    /// <param name="type">One for which <see cref="IsScalar"/> holds.</param>
    /// <param name="text">The value as text.</param>
    /// <param name="kind">What it is in the file; <see cref="JsonValueKind.Undefined"/> where that is not known.</param>
    /// <param name="value">The value, or <see langword="null"/>.</param>
    /// <returns>What is wrong, or <see langword="null"/>.</returns>
    public static string? Read(Type type, string text, JsonValueKind kind, out object? value)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        value = null;
        if (type == typeof(string))
        {
            value = text;
            return kind is JsonValueKind.String or JsonValueKind.Undefined ? null : $"a string is expected here; write \"{text}\"";
        }

        if (type == typeof(bool))
        {
            value = bool.TryParse(text, out var flag) ? flag : null;
            return kind is JsonValueKind.Number || value is null ? $"{Quote(text)} is neither true nor false" : null;
        }

        if (type.IsEnum)
        {
            return ReadEnum(type, text, out value);
        }

        if (IsInteger(type))
        {
            return ReadInteger(type, text, out value);
        }

        if (type == typeof(TimeSpan))
        {
            value = kind != JsonValueKind.Number && Duration.TryParse(text, out var duration) ? duration : null;
            return value is null ? $"{Quote(text)} is not a duration; write for example 10s, 250ms, 5m or 00:00:10" : null;
        }

        if (type == typeof(ByteSize))
        {
            value = ByteSize.TryParse(text, out var size) ? size : null;
            return value is null ? $"{Quote(text)} is not a size; write for example 10MB" : null;
        }

        if (type == typeof(Uri))
        {
            value = kind is JsonValueKind.String or JsonValueKind.Undefined && Uri.TryCreate(text, UriKind.RelativeOrAbsolute, out var uri) ? uri : null;
            return value is null ? $"{Quote(text)} is not a URI" : null;
        }

        return ReadFraction(type, text, out value);
    }

    private static string? ReadFraction(Type type, string text, out object? value)
    {
        if (type == typeof(decimal))
        {
            value = decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var exact) ? exact : null;
        }
        else if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number))
        {
            value = type == typeof(float) ? (float)number : number;
        }
        else
        {
            value = null;
        }

        return value is null ? $"{Quote(text)} is not a number" : null;
    }

    private static string? ReadInteger(Type type, string text, out object? value)
    {
        value = null;
        if (!Int128.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            return $"{Quote(text)} is not a whole number";
        }

        try
        {
            value = Type.GetTypeCode(type) switch
            {
                TypeCode.SByte => checked((sbyte)number),
                TypeCode.Byte => checked((byte)number),
                TypeCode.Int16 => checked((short)number),
                TypeCode.UInt16 => checked((ushort)number),
                TypeCode.Int32 => checked((int)number),
                TypeCode.UInt32 => checked((uint)number),
                TypeCode.Int64 => checked((long)number),
                _ => (object)checked((ulong)number),
            };
            return null;
        }
        catch (OverflowException)
        {
            // The message below is the handling: the number is one, but not of this type.
            return $"{text} is out of range for this number";
        }
    }

    private static string? ReadEnum(Type type, string text, out object? value)
    {
        var names = Enum.GetNames(type);
        var name = Array.Find(names, name => name.Equals(text, StringComparison.OrdinalIgnoreCase));
        value = name is null ? null : Enum.Parse(type, name);
        if (name is not null)
        {
            return null;
        }

        return NearestName.Find(text, names) is { } near
            ? $"{Quote(text)} is not one of {string.Join(", ", names)}; did you mean '{near}'?"
            : $"{Quote(text)} is not one of {string.Join(", ", names)}";
    }

    // Long values are cut: an error is one line that a person reads.
    private static string Quote(string text) => text.Length <= 80 ? $"'{text}'" : $"'{text[..80]}…'";
}
