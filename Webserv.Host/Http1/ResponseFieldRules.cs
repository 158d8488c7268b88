using System.Globalization;
using Microsoft.Extensions.Primitives;
using Webserv.Abstractions.Http;

namespace Webserv.Host.Http1;

/// <summary>What a middleware may set of a response's fields, so that nothing it sets breaks framing or splits the response.</summary>
internal static class ResponseFieldRules
{
    /// <summary>Refuses what is no field name.</summary>
    /// <exception cref="ArgumentException">It is no token.</exception>
    public static void CheckName(string name)
    {
        if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(Octets.TokenText))
        {
            throw new ArgumentException($"'{name}' is no field name (RFC 9110 section 5.1).", nameof(name));
        }
    }

    /// <summary>Refuses what no field value may hold.</summary>
    /// <exception cref="ArgumentException">It does.</exception>
    public static void CheckValue(string name, string? value)
    {
        var text = value.AsSpan();
        if (text.ContainsAny('\r', '\n', '\0') || text.ContainsAnyExceptInRange('\0', '\xFF'))
        {
            throw new ArgumentException(
                $"The value of {name} holds a character that no field value may hold (CR, LF, NUL or beyond ISO 8859-1).", nameof(value));
        }
    }

    /// <summary>Tells the fields of framing and connection handling, which are decided elsewhere, from all others.</summary>
    /// <exception cref="ArgumentException">The value is no length.</exception>
    /// <exception cref="InvalidOperationException">The server alone sets the field.</exception>
    public static ResponseFieldKind Classify(string name, StringValues value, out long? length)
    {
        length = null;
        switch (name.Length)
        {
            case 14 when name.Equals(Fields.ContentLength, StringComparison.OrdinalIgnoreCase):
                length = value.Count == 0 ? null
                    : value.Count == 1 && long.TryParse(value[0], NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) ? parsed
                    : throw new ArgumentException($"'{value}' is no length.", nameof(value));
                return ResponseFieldKind.Length;
            case 10 when name.Equals(Fields.Connection, StringComparison.OrdinalIgnoreCase):
                return value.Any(option => "close".Equals(option, StringComparison.OrdinalIgnoreCase)) ? ResponseFieldKind.Close : throw Owned(name);
            case 17 when name.Equals(Fields.TransferEncoding, StringComparison.OrdinalIgnoreCase):
            case 10 when name.Equals(Fields.KeepAlive, StringComparison.OrdinalIgnoreCase):
                throw Owned(name);
            default:
                return ResponseFieldKind.Ordinary;
        }
    }

    private static InvalidOperationException Owned(string name) => new($"{name} belongs to the server.");
}
