namespace Webserv.Gateway.Processes;

/// <summary>The server's own environment, of which a program that it starts sees only what is passed on.</summary>
/// <param name="variable">Reads a variable.</param>
internal sealed class OwnEnvironment(Func<string, string?> variable)
{
    private const string DefaultSearchPath = "/usr/local/bin:/usr/bin:/bin";

    /// <summary>Where programs are looked up.</summary>
    public string SearchPath { get; } = variable("PATH") is { Length: > 0 } path ? path : DefaultSearchPath;

    /// <summary><c>PATH</c>, and those of some other variables that are set.</summary>
    public IEnumerable<KeyValuePair<string, string>> Passed(IEnumerable<string> names) =>
        names.Select(name => new KeyValuePair<string, string?>(name, variable(name)))
            .Where(static passed => passed.Value is not null)
            .Select(static passed => new KeyValuePair<string, string>(passed.Key, passed.Value!))
            .Prepend(new KeyValuePair<string, string>("PATH", SearchPath));
}
