namespace Webserv.Host.Files;

/// <summary>
/// A path that is looked for along with another one: the index file of a directory, what lies beside a file in a coding. That nothing
/// is there is remembered here, with what it is looked for along with, where no flood of other misses can push it out.
/// </summary>
/// <param name="name">The name in the directory, or what is behind the name of the file.</param>
/// <param name="path">The path below the root.</param>
/// <param name="isRemembered">Whether this is the same object every time.</param>
internal sealed class RelatedPath(string name, string path, bool isRemembered)
{
    private CacheSlot? _absence;

    /// <summary>The name in the directory, or what is behind the name of the file.</summary>
    public string Name => name;

    /// <summary>The path below the root.</summary>
    public string Path => path;

    /// <summary>Whether this is the same object every time.</summary>
    public bool IsRemembered => isRemembered;

    /// <summary>A look at the file system that found nothing.</summary>
    public CacheSlot? Absence
    {
        get => Volatile.Read(ref _absence);
        set => Volatile.Write(ref _absence, value);
    }
}
