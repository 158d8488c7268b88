using System.Text;

namespace Webserv.Host.Tests.Server;

/// <summary>An answer as the client sees it.</summary>
internal sealed record RawResponse(string Head, byte[] Body)
{
    public int Status => int.Parse(Head.AsSpan(9, 3), System.Globalization.CultureInfo.InvariantCulture);

    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>The values of a field, joined; <see langword="null"/> where it is absent.</summary>
    public string? this[string name]
    {
        get
        {
            var values = Head.Split("\r\n").Skip(1)
                .Where(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))
                .Select(line => line[(name.Length + 1)..].Trim())
                .ToArray();
            return values.Length == 0 ? null : string.Join(", ", values);
        }
    }
}
