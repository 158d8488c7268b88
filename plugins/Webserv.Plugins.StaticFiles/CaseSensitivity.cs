namespace Webserv.Plugins.StaticFiles;

/// <summary>What happens to a path that differs from the names on disk in upper and lower case.</summary>
public enum CaseSensitivity
{
    /// <summary>It is what the file system makes of it: on Linux, there is nothing.</summary>
    Exact,

    /// <summary>It is redirected (301) to the path with the names as they are on disk, so that a file has one URL.</summary>
    Redirect,

    /// <summary>
    /// It is answered with the file, as IIS does, by sending the request through the pipeline again for the path with the names
    /// as they are on disk: what other entries do for that path (authentication, running scripts) holds in every case of it.
    /// </summary>
    Ignore,
}
