namespace Webserv.Host.Files;

/// <summary>
/// The kinds of entries, each with a bound of its own, so that a flood of one kind cannot push the others out.
/// </summary>
internal enum CacheShelf
{
    /// <summary>
    /// Misses and refusals: whoever tries random paths only pushes out the like. That a file has nothing beside it, and a directory no
    /// index, is remembered with it (<see cref="RelatedPath"/>).
    /// </summary>
    Misses,

    /// <summary>Directories and files in memory.</summary>
    Memory,

    /// <summary>Files with an open descriptor.</summary>
    Descriptors,
}
