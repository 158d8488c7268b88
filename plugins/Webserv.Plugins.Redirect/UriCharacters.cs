using System.Buffers;

namespace Webserv.Plugins.Redirect;

/// <summary>What a URI may hold as it is (RFC 3986); <c>%</c> is let through as the beginning of what is encoded already.</summary>
internal static class UriCharacters
{
    private const string Query =
        "%?/:@!$&'()*+,;=-._~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

    public static readonly SearchValues<char> InQuery = SearchValues.Create(Query);

    public static readonly SearchValues<char> Anywhere = SearchValues.Create(Query + "#[]");
}
