namespace Webserv.Host.Plugins;

/// <summary>A folder with assemblies of which none has the folder's name, so that none is taken for a plugin.</summary>
/// <param name="Id">The name of the folder.</param>
/// <param name="Expected">The file that was looked for.</param>
/// <param name="Found">The names of the assemblies in it, at least one.</param>
internal sealed record MisnamedPlugin(string Id, string Expected, IReadOnlyList<string> Found)
{
    private const int MostNames = 3;

    /// <summary>What is there instead, shortened where it is much.</summary>
    public string FoundText => string.Join(", ", Found.Take(MostNames)) + (Found.Count > MostNames ? $" and {Found.Count - MostNames} more" : "");
}
