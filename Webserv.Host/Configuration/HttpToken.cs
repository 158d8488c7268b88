using System.Buffers;

namespace Webserv.Host.Configuration;

/// <summary>Checks methods of the configuration (RFC 9110 section 9.1: a token, case-sensitive).</summary>
internal static class HttpToken
{
    private static readonly SearchValues<char> Characters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    private static readonly string[] KnownMethods =
        ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT"];

    /// <summary>What is wrong with a method, or <see langword="null"/>.</summary>
    public static string? ProblemOfMethod(string text)
    {
        if (text.Length == 0 || text.AsSpan().ContainsAnyExcept(Characters))
        {
            return $"'{text}' is no method; write for example GET";
        }

        var known = Array.Find(KnownMethods, method => method.Equals(text, StringComparison.OrdinalIgnoreCase));
        return known is null || known == text ? null : $"methods are case-sensitive; did you mean '{known}'?";
    }
}
