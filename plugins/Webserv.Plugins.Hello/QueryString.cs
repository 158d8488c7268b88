namespace Webserv.Plugins.Hello;

/// <summary>Reads a query as a form sends it (application/x-www-form-urlencoded).</summary>
internal static class QueryString
{
    /// <summary>The first value of a name, decoded; <see langword="null"/> where it is absent or empty.</summary>
    public static string? Find(string query, string name)
    {
        foreach (var pair in query.Split('&'))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals >= 0 && Decode(pair[..equals]) == name && equals + 1 < pair.Length)
            {
                return Decode(pair[(equals + 1)..]);
            }
        }

        return null;
    }

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
