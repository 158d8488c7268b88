namespace Webserv.Host.Tests.Protocol;

/// <summary>An answer as <see cref="StrictReader"/> read it.</summary>
internal sealed record StrictAnswer(int Status, IReadOnlyList<(string Name, string Value)> Fields, string Body)
{
    /// <summary>The value of a field that comes at most once.</summary>
    /// <exception cref="FormatException">It comes more often.</exception>
    public string? One(string name)
    {
        var values = Fields.Where(field => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(field => field.Value).ToArray();
        return values.Length > 1 ? throw new FormatException($"{name} comes {values.Length} times") : values.SingleOrDefault();
    }
}
