namespace Webserv.Host.Plugins;

/// <summary>A file that may be a plugin.</summary>
/// <param name="Id">Its name without <c>.dll</c>.</param>
/// <param name="File">Its absolute path.</param>
/// <param name="HasFolder">Whether its directory belongs to it alone (<c>plugins/Id/Id.dll</c>), or it is a single file (<c>plugins/Id.dll</c>).</param>
internal sealed record PluginCandidate(string Id, string File, bool HasFolder)
{
    /// <summary>The directory that the file is in.</summary>
    public string Directory => Path.GetDirectoryName(File)!;
}
