namespace Webserv.Abstractions.Http;

/// <summary>A type that this server does not have.</summary>
public static class Cookies
{
    /// <summary>The name of a field.</summary>
    public static string FieldName => "Cookie";
}
